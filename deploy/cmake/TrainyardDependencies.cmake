# Third-party libraries, each under one target name, found where Debian 12 or deploy/setup put them.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(date REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(Eigen3 REQUIRED NO_MODULE)
find_package(nlohmann_json REQUIRED)
find_package(mimalloc 2.0 REQUIRED)
find_path(VALIJSON_INCLUDE valijson/validator.hpp REQUIRED)
pkg_check_modules(PQXX REQUIRED IMPORTED_TARGET libpqxx)
if(TRAINYARD_TESTS)
  find_package(GTest REQUIRED)
  include(GoogleTest)
endif()

# XGBoost and DuckDB are loaded at run time by the child processes alone (worker/models/xgboost,
# common/adapters/duckdb): only their headers are needed here.
find_path(XGBOOST_INCLUDE xgboost/c_api.h REQUIRED)
find_path(DUCKDB_INCLUDE duckdb.h PATHS "${TRAINYARD_DEPS}/duckdb" NO_DEFAULT_PATH REQUIRED)
add_library(trainyard_duckdb_headers INTERFACE)
target_include_directories(trainyard_duckdb_headers SYSTEM INTERFACE "${DUCKDB_INCLUDE}")

# librdkafka as deploy/setup built it; never Debian's, which lies where every compiler looks.
find_package(ZLIB REQUIRED)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
find_path(RDKAFKA_INCLUDE librdkafka/rdkafka.h
  PATHS "${TRAINYARD_DEPS}/librdkafka" NO_DEFAULT_PATH REQUIRED)
find_library(RDKAFKA_LIBRARY librdkafka.a
  PATHS "${TRAINYARD_DEPS}/librdkafka" NO_DEFAULT_PATH REQUIRED)
add_library(trainyard_rdkafka INTERFACE)
target_include_directories(trainyard_rdkafka SYSTEM INTERFACE "${RDKAFKA_INCLUDE}")
target_link_libraries(trainyard_rdkafka INTERFACE
  "${RDKAFKA_LIBRARY}" OpenSSL::SSL ZLIB::ZLIB PkgConfig::ZSTD Threads::Threads m ${CMAKE_DL_LIBS})

# Standard headers that nearly every file needs, compiled once and shared by all targets.
add_library(trainyard_pch STATIC "${CMAKE_SOURCE_DIR}/deploy/cmake/pch.cpp")
target_compile_features(trainyard_pch PUBLIC cxx_std_23)
target_precompile_headers(trainyard_pch PRIVATE
  <algorithm> <array> <atomic> <chrono> <condition_variable> <cstdint> <expected> <functional>
  <map> <memory> <mutex> <optional> <span> <stop_token> <string> <string_view> <thread>
  <unordered_map> <utility> <variant> <vector>)
target_link_libraries(trainyard_pch PRIVATE trainyard_warnings)

find_path(TOMLPLUSPLUS_INCLUDE toml++/toml.h REQUIRED)
add_library(trainyard_tomlplusplus INTERFACE)
target_include_directories(trainyard_tomlplusplus SYSTEM INTERFACE "${TOMLPLUSPLUS_INCLUDE}")
pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(PUGIXML REQUIRED IMPORTED_TARGET pugixml)
