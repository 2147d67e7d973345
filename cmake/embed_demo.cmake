# Compiles the demo's files into the node: scenarios/*-plant.json and scenarios/demo/*.
file(GLOB demo_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/scenarios/*-plant.json ${CMAKE_SOURCE_DIR}/scenarios/demo/*.json
     ${CMAKE_SOURCE_DIR}/scenarios/demo/*.csv ${CMAKE_SOURCE_DIR}/scenarios/demo/*.stl)
set_property(DIRECTORY ${CMAKE_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${demo_files})
set(demo_entries "")
foreach(file IN LISTS demo_files)
  file(READ ${file} content)
  get_filename_component(name ${file} NAME)
  string(APPEND demo_entries "  {\"${name}\", R\"~~~~(${content})~~~~\"},\n")
endforeach()
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/demo_files.cpp @ONLY CONTENT
"#include \"node/simulate/demo_files.hpp\"

#include <array>
#include <utility>

namespace hanse::node::simulate {
namespace {
constexpr std::pair<std::string_view, std::string_view> kFiles[] = {
@demo_entries@};
}  // namespace

std::string_view demo_file(std::string_view name) {
  for (const auto& [known, content] : kFiles) {
    if (known == name) return content;
  }
  return {};
}

}  // namespace hanse::node::simulate
")
target_sources(hanse_node PRIVATE ${CMAKE_BINARY_DIR}/generated/demo_files.cpp)
