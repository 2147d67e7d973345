# Makes hanse_connectors_modbus carry the register maps of src/connectors/modbus/{maps,sunspec}.
set(register_map_folder ${CMAKE_SOURCE_DIR}/src/connectors/modbus)
file(GLOB register_maps CONFIGURE_DEPENDS ${register_map_folder}/maps/*.json ${register_map_folder}/sunspec/*.json)
set(texts "")
foreach(map IN LISTS register_maps)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${map})
  file(READ ${map} text)
  string(APPEND texts "    R\"hanse_map(${text})hanse_map\",\n")
endforeach()
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/built_in_maps.cpp @ONLY CONTENT
"#include \"connectors/modbus/internal/built_in_maps.hpp\"

#include <array>

namespace hanse::connectors::modbus::internal {
namespace {

constexpr auto kMaps = std::to_array<std::string_view>({
@texts@});

}  // namespace

std::span<const std::string_view> built_in_maps() { return kMaps; }

}  // namespace hanse::connectors::modbus::internal
")
target_sources(hanse_connectors_modbus PRIVATE ${CMAKE_BINARY_DIR}/generated/built_in_maps.cpp)
