#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hanse {

/// The name in `known` that `name` most likely meant, or empty when none is near (edit distance over two and over a
/// third).
std::string_view nearest_name(std::string_view name, std::span<const std::string_view> known);
/// `unknown key 'prot'; did you mean 'port'?`, or the sentence without the question.
std::string unknown_name(std::string_view what, std::string_view name, std::span<const std::string_view> known);
/// At most its first `bytes`, cut between characters: for messages about what may be of any length.
std::string_view clip(std::string_view text, std::size_t bytes);
/// Parts between `separator`s, empty ones kept; one empty part for an empty text.
std::vector<std::string_view> split(std::string_view text, char separator);
/// Without blanks, tabs and line ends at both sides.
std::string_view trim(std::string_view text);
/// ASCII only, which is what protocols' names are.
std::string to_lower(std::string_view text);
/// True when `text` is well-formed UTF-8 (RFC 3629: no surrogates, nothing overlong).
bool is_utf8(std::string_view text);

}  // namespace hanse
