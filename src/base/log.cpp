#include "base/log.hpp"

#include <cstdio>

#include "base/json.hpp"

namespace hanse {

std::string format_log_line(LogFormat format, Timestamp time, LogLevel level, std::string_view room,
                            std::string_view message, std::initializer_list<LogField> fields) {
  std::string line;
  if (format == LogFormat::json) {
    const auto member = [&line](std::string_view name, std::string_view value) {
      line += line.empty() ? '{' : ',';
      json::append_string(line, name);
      line += ':';
      json::append_string(line, value);
    };
    member("time", to_string(time));
    member("level", describe::enum_name(level));
    member("room", room);
    member("message", message);
    for (const auto& field : fields) member(field.name, field.value);
    return line + "}";
  }
  line = to_string(time) + ' ' + describe::enum_name(level) + ' ' + std::string{room} + ": ";
  std::string quoted;
  json::append_string(quoted, message);
  line.append(quoted, 1, quoted.size() - 2);
  for (const auto& field : fields) {
    line += ' ';
    line += field.name;
    line += '=';
    json::append_string(line, field.value);
  }
  return line;
}

void Log::write(LogLevel level, std::string_view room, std::string_view message,
                std::initializer_list<LogField> fields) const {
  if (!shows(level)) return;
  const std::string line = format_log_line(format_, clock_.now(), level, room, message, fields) + '\n';
  const std::lock_guard lock{mutex_};
  std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace hanse
