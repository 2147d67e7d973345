# hanse_embed_page(<target> <folder of the built page>) puts the page into the target: net::embedded_page().
# The folder may be missing, or come and go: what is there when the program is built goes in.
find_package(Python3 REQUIRED COMPONENTS Interpreter)

function(hanse_embed_page target dist)
  set(out ${CMAKE_BINARY_DIR}/generated/page)
  # Configure once, so that the source is there to be compiled; then look again at every build, which is quick.
  set(embed ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/cmake/embed_page.py ${dist} ${out})
  execute_process(COMMAND ${embed} COMMAND_ERROR_IS_FATAL ANY)
  add_custom_target(${target}_page COMMAND ${embed} BYPRODUCTS ${out}/embedded_page.cpp ${out}/page.bin
                    COMMENT "Embedding the page" VERBATIM)
  target_sources(${target} PRIVATE ${out}/embedded_page.cpp)
  set_source_files_properties(${out}/embedded_page.cpp PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
  add_dependencies(${target} ${target}_page)
endfunction()
