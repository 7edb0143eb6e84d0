# Compiler, linker and warning settings that every target of the project shares.
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  message(FATAL_ERROR "Trainyard builds with clang 19 (g++ 12 miscompiles coroutines); "
                      "use a preset, e.g. `cmake --preset release`")
endif()

find_program(TRAINYARD_CCACHE ccache)
if(TRAINYARD_CCACHE)
  # A precompiled header carries its own build time otherwise, and never hits the cache.
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env
      "CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime"
      "CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}" CCACHE_NOHASHDIR=1 "${TRAINYARD_CCACHE}")
  add_compile_options("$<$<COMPILE_LANGUAGE:CXX>:SHELL:-Xclang -fno-pch-timestamp>")
endif()

# The same flag everywhere, executables included, or they could not share a precompiled header.
add_compile_options(-fPIC)
add_link_options(-fuse-ld=lld-19)

if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  # Line tables are what a sanitizer report or a backtrace needs; full symbols double the build.
  set(CMAKE_CXX_FLAGS_DEBUG "-O1 -gline-tables-only -fno-omit-frame-pointer")
else()
  set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG -gline-tables-only")
endif()

if(TRAINYARD_SANITIZE)
  add_compile_options(-fsanitize=${TRAINYARD_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${TRAINYARD_SANITIZE})
endif()

# Linked by every target of ours, never by third-party code.
add_library(trainyard_warnings INTERFACE)
target_compile_options(trainyard_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
  -Wno-sign-conversion -Wno-missing-designated-field-initializers)
