#include "base/settings.hpp"

namespace hanse::settings {

std::string join(std::string_view prefix, std::string_view name) {
  std::string path{prefix};
  if (!path.empty()) path += '.';
  return path += name;
}

std::string variable_of(std::string_view path) {
  std::string name = "HANSE_";
  for (const char c : path) name += c == '.' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return name;
}

}  // namespace hanse::settings
