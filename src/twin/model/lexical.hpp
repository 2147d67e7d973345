#pragma once

#include <string_view>

#include "twin/model/metamodel.hpp"

namespace hanse::twin {

/// Is `text` a value of the type `xs:...`? Source: XML Schema 1.0 part 2, as IDTA 01001 uses it. An unknown type has no
/// values.
bool is_xsd_value(std::string_view text, std::string_view type, Edition edition);

/// Does the text fit? Lengths are checked apart.
bool fits(std::string_view text, Lexical lexical, Edition edition);
/// What would fit, for messages: `must be a BCP 47 language tag, as in en or de-CH`.
std::string_view expected(Lexical lexical);

/// XML 1.0 characters only (AASd-130). The text is UTF-8.
bool has_xml_characters_only(std::string_view text);
/// Characters, as the standard counts lengths: code points.
std::size_t character_count(std::string_view text);
/// RFC 2396, which 3.1 means.
bool is_uri_reference(std::string_view text);
/// RFC 3987, which 3.0 means: letters of all scripts too.
bool is_iri_reference(std::string_view text);
/// `en`, `en-GB`, and so on.
bool is_english(std::string_view language);
bool is_xsd_number(std::string_view type);

}  // namespace hanse::twin
