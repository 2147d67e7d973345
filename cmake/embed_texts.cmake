# hanse_embed_texts(<target> <room> <function> <glob...>) makes the target carry files as texts:
# `hanse::<room>::internal::<function>()` gives them in the order of their paths; its header is
# src/<room>/internal/<function>.hpp. A change of a file is a rebuild.
function(hanse_embed_texts target room function)
  file(GLOB files CONFIGURE_DEPENDS ${ARGN})
  set(texts "")
  foreach(file IN LISTS files)
    set_property(DIRECTORY ${CMAKE_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    file(READ ${file} text)
    string(APPEND texts "    R\"hanse_text(${text})hanse_text\",\n")
  endforeach()
  string(REPLACE "/" "::" namespace ${room})
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/${target}_${function}.cpp @ONLY CONTENT
"#include \"@room@/internal/@function@.hpp\"

#include <array>

namespace hanse::@namespace@::internal {
namespace {

constexpr auto kTexts = std::to_array<std::string_view>({
@texts@});

}  // namespace

std::span<const std::string_view> @function@() { return kTexts; }

}  // namespace hanse::@namespace@::internal
")
  target_sources(${target} PRIVATE ${CMAKE_BINARY_DIR}/generated/${target}_${function}.cpp)
endfunction()
