#include "connectors/sparkplug/settings.hpp"

#include "base/text.hpp"

namespace hanse::connectors::sparkplug {
namespace {

bool is_id(std::string_view text) { return is_utf8(text) && text.find_first_of("+#/") == std::string_view::npos; }

bool is_filter(std::string_view text) {
  if (text.empty() || !is_utf8(text)) return false;
  const auto levels = split(text, '/');
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const bool wild = levels[i].find_first_of("+#") != std::string_view::npos;
    if (wild && levels[i].size() != 1) return false;
    if (levels[i] == "#" && i + 1 != levels.size()) return false;
  }
  return true;
}

}  // namespace

void SparkplugSettings::validate(JsonReader& reader) const {
  if (role == Role::primary && (host_id.empty() || !is_id(host_id))) {
    reader.error_at("host_id", "must be a name without + # and /");
  }
  for (const auto& group : groups) {
    if (group.empty() || !is_id(group))
      reader.error_at("groups", "'" + group + "' has a + # or /; write the group's name");
  }
  for (const auto& topic : topics) {
    if (!is_filter(topic))
      reader.error_at("topics", "'" + topic + "' is no topic filter; write one like factory/# or a/+/c");
  }
  if (certificate_file.empty() != key_file.empty()) reader.error_at("key_file", "certificate and key go together");
  if (reorder_time < 0s) reader.error_at("reorder_time", "must not be negative");
  if (rebirth_pause < 1s) reader.error_at("rebirth_pause", "must be at least 1s");
}

}  // namespace hanse::connectors::sparkplug
