# Makes hanse_plant carry the machine templates of scenarios/templates, so that the program needs no file beside it.
file(GLOB templates CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/scenarios/templates/*.json)
set(texts "")
foreach(template IN LISTS templates)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${template})
  file(READ ${template} text)
  string(APPEND texts "    R\"hanse_template(${text})hanse_template\",\n")
endforeach()
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/built_in_templates.cpp @ONLY CONTENT
"#include \"plant/internal/built_in_templates.hpp\"

#include <array>

namespace hanse::plant::internal {
namespace {

constexpr auto kTemplates = std::to_array<std::string_view>({
@texts@});

}  // namespace

std::span<const std::string_view> built_in_templates() { return kTemplates; }

}  // namespace hanse::plant::internal
")
target_sources(hanse_plant PRIVATE ${CMAKE_BINARY_DIR}/generated/built_in_templates.cpp)
