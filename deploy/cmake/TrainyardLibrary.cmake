# One folder is one target: trainyard_library() in <folder>/CMakeLists.txt makes the library
# trainyard_<folder path> of every .cpp beside it.
#
#   trainyard_library([DEPS <folders or targets>...] [PRIVATE_DEPS <...>...] [PCH <target>])
#
# PCH names a target whose precompiled header fits better than the common one.
# DEPS name other folders of the project ("common/base") or imported targets ("Eigen3::Eigen").
# A folder that is not named is not linked, so an include that breaks the dependency rule of
# ARCHITECTURE.md fails at link time, and in tests/tidy before that.

function(trainyard_target_names out)
  set(names)
  foreach(dep IN LISTS ARGN)
    if(dep MATCHES "^(common|api|worker|deploy|tests)/")
      string(REPLACE "/" "_" dep "trainyard_${dep}")
    endif()
    list(APPEND names "${dep}")
  endforeach()
  set(${out} "${names}" PARENT_SCOPE)
endfunction()

function(trainyard_library)
  cmake_parse_arguments(ARG "" "PCH" "DEPS;PRIVATE_DEPS" ${ARGN})
  if(NOT ARG_PCH)
    set(ARG_PCH trainyard_pch)
  endif()
  file(RELATIVE_PATH folder "${CMAKE_SOURCE_DIR}" "${CMAKE_CURRENT_SOURCE_DIR}")
  string(REPLACE "/" "_" target "trainyard_${folder}")
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp")
  trainyard_target_names(deps ${ARG_DEPS})
  trainyard_target_names(private_deps ${ARG_PRIVATE_DEPS})
  if(sources)
    add_library(${target} STATIC ${sources})
    target_include_directories(${target} PUBLIC "${CMAKE_SOURCE_DIR}")
    target_link_libraries(${target} PUBLIC ${deps}
                          PRIVATE ${private_deps} trainyard_warnings)
    target_precompile_headers(${target} REUSE_FROM ${ARG_PCH})
  else()
    add_library(${target} INTERFACE)
    target_include_directories(${target} INTERFACE "${CMAKE_SOURCE_DIR}")
    target_link_libraries(${target} INTERFACE ${deps} ${private_deps})
  endif()
endfunction()

# Adds every direct subfolder that has a CMakeLists.txt, so that a new room needs no edit elsewhere.
function(trainyard_add_rooms)
  file(GLOB rooms CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*/CMakeLists.txt")
  foreach(room IN LISTS rooms)
    cmake_path(GET room PARENT_PATH room)
    add_subdirectory("${room}")
  endforeach()
endfunction()

# One test folder is one GoogleTest executable of every *_test.cpp (and helper) beside it.
#
#   trainyard_test(LABEL unit|contract|integration DEPS <folders or targets>... [SERVICES]
#                  [PCH <target>])
#
# SERVICES: talks to real servers, so its tests do not run side by side.
function(trainyard_test)
  cmake_parse_arguments(ARG "SERVICES" "LABEL;PCH" "DEPS" ${ARGN})
  if(NOT ARG_PCH)
    set(ARG_PCH trainyard_pch)
  endif()
  file(RELATIVE_PATH folder "${CMAKE_SOURCE_DIR}" "${CMAKE_CURRENT_SOURCE_DIR}")
  string(REPLACE "/" "_" target "trainyard_${folder}")
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp")
  trainyard_target_names(deps ${ARG_DEPS})
  add_executable(${target} ${sources})
  target_link_libraries(${target} PRIVATE ${deps} GTest::gmock GTest::gtest_main trainyard_warnings)
  target_include_directories(${target} PRIVATE "${CMAKE_SOURCE_DIR}")
  target_compile_definitions(${target} PRIVATE
    TRAINYARD_SOURCE_DIR="${CMAKE_SOURCE_DIR}" TRAINYARD_BINARY_DIR="${CMAKE_BINARY_DIR}")
  target_precompile_headers(${target} REUSE_FROM ${ARG_PCH})
  set(properties LABELS "${ARG_LABEL}")
  if(ARG_SERVICES)
    list(APPEND properties RESOURCE_LOCK services)
  endif()
  # Discovered when ctest runs, not when it builds: the executables of a sanitizer build are slow.
  set(prefix "${ARG_LABEL}.")
  if(TRAINYARD_SANITIZE)
    set(prefix "sanitized.${prefix}")
  endif()
  gtest_discover_tests(${target} DISCOVERY_MODE PRE_TEST TEST_PREFIX "${prefix}"
                       PROPERTIES ${properties})
endfunction()
