#pragma once

#include <initializer_list>
#include <mutex>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/describe.hpp"

namespace hanse {

enum class LogLevel { debug, info, warning, error };
HANSE_DESCRIBE_ENUM(LogLevel, debug, info, warning, error)
enum class LogFormat { text, json };
HANSE_DESCRIBE_ENUM(LogFormat, text, json)

/// One fact of a log line. Values are escaped, so foreign text can't forge a line (OWASP ASVS 16.4).
struct LogField {
  std::string_view name;
  std::string value;
};

/// Structured log to standard error: time in UTC, level, room, sentence, fields. Handed to whoever logs; secrets are
/// never passed to it (types that hold one have no conversion to text).
class Log {
 public:
  Log(const Clock& clock, LogLevel level, LogFormat format) : clock_(clock), level_(level), format_(format) {}
  void debug(std::string_view room, std::string_view message, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::debug, room, message, fields);
  }
  void info(std::string_view room, std::string_view message, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::info, room, message, fields);
  }
  void warning(std::string_view room, std::string_view message, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::warning, room, message, fields);
  }
  void error(std::string_view room, std::string_view message, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::error, room, message, fields);
  }
  bool shows(LogLevel level) const { return level >= level_; }

 private:
  void write(LogLevel level, std::string_view room, std::string_view message,
             std::initializer_list<LogField> fields) const;

  const Clock& clock_;
  LogLevel level_;
  LogFormat format_;
  mutable std::mutex mutex_;
};

/// One line without its line end, as `Log` writes it.
std::string format_log_line(LogFormat format, Timestamp time, LogLevel level, std::string_view room,
                            std::string_view message, std::initializer_list<LogField> fields);

}  // namespace hanse
