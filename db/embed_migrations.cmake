# Turns db/migrations/<technology>/NNN_name.{up,down}.sql into a source file of the adapter's
# target, so that the executable carries its own schema.
#
#   trainyard_embed_migrations(sqlite TARGET trainyard_common_adapters_sqlite)
#
# defines trainyard::sqlite::migrations(). Run with -P it is the generator itself.
if(CMAKE_SCRIPT_MODE_FILE)
  file(GLOB ups "${FOLDER}/*.up.sql")
  list(SORT ups)
  set(entries)
  foreach(up IN LISTS ups)
    cmake_path(GET up FILENAME file)
    string(REGEX MATCH "^([0-9]+)_(.+)\\.up\\.sql$" matched "${file}")
    if(NOT matched)
      message(FATAL_ERROR "${up}: a migration is named NNN_name.up.sql")
    endif()
    set(number "${CMAKE_MATCH_1}")
    set(name "${CMAKE_MATCH_2}")
    string(REGEX REPLACE "^0+" "" number "${number}")
    string(REPLACE ".up.sql" ".down.sql" down "${up}")
    file(READ "${up}" up_text)
    file(READ "${down}" down_text)
    string(APPEND entries "    {.number = ${number},\n     .name = \"${name}\",\n"
           "     .up = R\"sql(${up_text})sql\",\n     .down = R\"sql(${down_text})sql\"},\n")
  endforeach()
  file(WRITE "${OUTPUT}"
       "#include <array>\n\n#include \"common/adapters/sql/migration.hpp\"\n\n"
       "namespace trainyard::${TECHNOLOGY} {\n\n"
       "std::span<const sql::Migration> migrations();\n\n"
       "std::span<const sql::Migration> migrations() {\n"
       "  static constexpr auto known = std::to_array<sql::Migration>({\n${entries}  });\n"
       "  return known;\n}\n\n}  // namespace trainyard::${TECHNOLOGY}\n")
  return()
endif()

set(TRAINYARD_EMBED_MIGRATIONS_SCRIPT "${CMAKE_CURRENT_LIST_FILE}")

function(trainyard_embed_migrations technology)
  cmake_parse_arguments(ARG "" "TARGET" "" ${ARGN})
  set(folder "${CMAKE_SOURCE_DIR}/db/migrations/${technology}")
  set(output "${CMAKE_CURRENT_BINARY_DIR}/migrations.cpp")
  file(GLOB files CONFIGURE_DEPENDS "${folder}/*.sql")
  add_custom_command(
    OUTPUT "${output}"
    COMMAND "${CMAKE_COMMAND}" "-DTECHNOLOGY=${technology}" "-DFOLDER=${folder}"
            "-DOUTPUT=${output}" -P "${TRAINYARD_EMBED_MIGRATIONS_SCRIPT}"
    DEPENDS ${files} "${TRAINYARD_EMBED_MIGRATIONS_SCRIPT}"
    COMMENT "Embedding the ${technology} migrations" VERBATIM)
  target_sources(${ARG_TARGET} PRIVATE "${output}")
endfunction()
