#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "twin/model/reference.hpp"

namespace hanse::twin {

// Elements of generated submodels, each in one line. An empty semantic id is none.

Node element(Class of, std::string_view id_short, std::string_view semantic_id);
Node property(std::string_view id_short, std::string_view value_type, std::string value, std::string_view semantic_id);
/// One English text.
Node multi_language(std::string_view id_short, std::string text, std::string_view semantic_id);
Node collection(std::string_view id_short, std::string_view semantic_id, std::vector<Node> elements);
Node relationship(std::string_view id_short, std::string_view semantic_id, Node first, Node second);
Node lang_text(Class of, std::string_view language, std::string text);
Node operation_variable(Node element);
Node submodel(std::string_view id, std::string_view id_short, std::string_view semantic_id, std::vector<Node> elements);

/// A name as an idShort has it: other characters become underscores, a letter begins it, two characters at least.
std::string id_short_of(std::string_view text);

}  // namespace hanse::twin
