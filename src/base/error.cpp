#include "base/error.hpp"

#include <fmt/format.h>

namespace hanse {

std::string to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid:
      return "invalid";
    case ErrorCode::not_found:
      return "not_found";
    case ErrorCode::conflict:
      return "conflict";
    case ErrorCode::forbidden:
      return "forbidden";
    case ErrorCode::unauthenticated:
      return "unauthenticated";
    case ErrorCode::too_large:
      return "too_large";
    case ErrorCode::unavailable:
      return "unavailable";
    case ErrorCode::timeout:
      return "timeout";
    case ErrorCode::corrupt:
      return "corrupt";
  }
  return "unknown";
}

std::string to_string(const Error& error) {
  std::string text = error.message;
  const char* separator = ": ";
  for (const auto& field : error.fields) {
    text += fmt::format("{}{}{}{}", separator, field.path, field.path.empty() ? "" : ": ", field.message);
    separator = "; ";
  }
  return text;
}

}  // namespace hanse
