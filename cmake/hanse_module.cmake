# hanse_module(<room> DEPENDS <rooms...> LIBRARIES <targets...>) makes, from src/<room>:
#   hanse_<room>       the library, of every .cpp that is neither a test nor a fuzz target
#   <room>_test        the unit tests, of every *_test.cpp; registered under the label "unit"
#   <room>_<name>_fuzz one per *_fuzz.cpp, with HANSE_FUZZ (libFuzzer, clang)
# It refuses an arrow that tools/rooms.txt doesn't list, at configure time.

file(STRINGS ${CMAKE_SOURCE_DIR}/tools/rooms.txt HANSE_ROOM_LINES REGEX "^[a-z]")
set_property(DIRECTORY ${CMAKE_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS tools/rooms.txt)

function(hanse_check_arrows room)
  foreach(line IN LISTS HANSE_ROOM_LINES)
    if(line MATCHES "^${room}:(.*)$")
      string(STRIP "${CMAKE_MATCH_1}" allowed)
      if(allowed STREQUAL "*")
        return()
      endif()
      separate_arguments(allowed)
      foreach(dependency IN LISTS ARGN)
        if(NOT dependency IN_LIST allowed)
          message(FATAL_ERROR "room '${room}' may not include '${dependency}': tools/rooms.txt allows: ${allowed}. "
                              "Move what both need down a floor, or change the table with a decision.")
        endif()
      endforeach()
      return()
    endif()
  endforeach()
  message(FATAL_ERROR "room '${room}' is not in tools/rooms.txt")
endfunction()

# Rooms that compute for seconds are tested with the checks' code inline; in the others, and in tests, the checks are calls,
# which compile in two thirds of the time. What only pointer arithmetic can break is left to the fuzz build, where every parser
# of foreign bytes runs with these checks: here they cost a fifth of the compile time.
set(HANSE_CHECKED_INLINE base signal optimiser historian connectors/opcua)
set(HANSE_LIGHT_CHECKS "")
set(HANSE_CALLED_CHECKS "")
if(HANSE_SANITIZE MATCHES "address" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set(HANSE_LIGHT_CHECKS -fno-sanitize=alignment,pointer-overflow)
  set(HANSE_CALLED_CHECKS --param=asan-instrumentation-with-call-threshold=0)
endif()

# With HANSE_TOGETHER, so many files of a room are compiled as one: what they include is read once. Half the time of a clean
# build, and a change compiles its neighbours along; so the presets that build from nothing have it, and `dev` hasn't.
function(hanse_together target files_at_once)
  if(HANSE_TOGETHER)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${files_at_once})
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")  # It takes a file that is included for a header.
      target_compile_options(${target} PRIVATE -Wno-subobject-linkage)
    endif()
  endif()
endfunction()

function(hanse_module room)
  cmake_parse_arguments(ARG "" "" "DEPENDS;LIBRARIES;TEST_LIBRARIES;FOLDERS" ${ARGN})
  hanse_check_arrows(${room} ${ARG_DEPENDS})
  string(REPLACE "/" "_" name ${room})
  set(folder ${CMAKE_SOURCE_DIR}/src/${room})
  # A family's folder (connectors, apps) holds its shared shape; its members are rooms of their own.
  file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.cpp ${folder}/internal/*.cpp)
  foreach(sub IN LISTS ARG_FOLDERS)  # a large room's own folders
    file(GLOB more CONFIGURE_DEPENDS ${folder}/${sub}/*.cpp)
    list(APPEND sources ${more})
  endforeach()
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  set(tests ${sources})
  set(fuzzers ${sources})
  list(FILTER sources EXCLUDE REGEX "_(test|fuzz)\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(FILTER fuzzers INCLUDE REGEX "_fuzz\\.cpp$")

  if(sources)
    add_library(hanse_${name} STATIC ${sources})
    target_precompile_headers(hanse_${name} REUSE_FROM hanse_pch)
    hanse_together(hanse_${name} 8)
    target_compile_options(hanse_${name} PRIVATE ${HANSE_LIGHT_CHECKS})
    if(NOT room IN_LIST HANSE_CHECKED_INLINE)
      target_compile_options(hanse_${name} PRIVATE ${HANSE_CALLED_CHECKS})
    endif()
    set(scope PUBLIC)
  else()
    add_library(hanse_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_link_libraries(hanse_${name} ${scope} hanse_options ${ARG_LIBRARIES})
  foreach(dependency IN LISTS ARG_DEPENDS)
    string(REPLACE "/" "_" dependency ${dependency})
    target_link_libraries(hanse_${name} ${scope} hanse_${dependency})
  endforeach()

  if(tests AND HANSE_TESTS)
    add_executable(${name}_test ${tests})
    target_precompile_headers(${name}_test REUSE_FROM hanse_test_pch)
    hanse_together(${name}_test 8)
    # What is tested is optimised; the tests compile in half the time.
    target_compile_options(${name}_test PRIVATE -O0 ${HANSE_LIGHT_CHECKS} ${HANSE_CALLED_CHECKS})
    target_link_libraries(${name}_test PRIVATE hanse_${name} hanse_test_main ${ARG_TEST_LIBRARIES})
    target_compile_definitions(${name}_test PRIVATE HANSE_ROOM_DIR="${folder}")
    add_test(NAME ${name} COMMAND ${name}_test)
    set_tests_properties(${name} PROPERTIES LABELS unit TIMEOUT 300)
  endif()

  if(HANSE_FUZZ)
    foreach(fuzzer IN LISTS fuzzers)
      get_filename_component(fuzz_name ${fuzzer} NAME_WE)
      add_executable(${name}_${fuzz_name} ${fuzzer})
      target_link_libraries(${name}_${fuzz_name} PRIVATE hanse_${name})
      target_link_options(${name}_${fuzz_name} PRIVATE -fsanitize=fuzzer)
      set_property(GLOBAL APPEND PROPERTY HANSE_FUZZ_TARGETS ${name}_${fuzz_name})
    endforeach()
  endif()
endfunction()
