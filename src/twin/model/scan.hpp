#pragma once

#include <string_view>

namespace hanse::twin {

// ASCII only, whatever the locale says.
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_alphanumeric(char c) { return is_digit(c) || is_letter(c); }
constexpr bool is_hex_digit(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/// Goes through a text from its front.
class Scan {
 public:
  explicit Scan(std::string_view text) : rest_(text) {}
  bool done() const { return rest_.empty(); }
  char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  std::string_view rest() const { return rest_; }
  void skip() { rest_.remove_prefix(1); }
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void sign() {
    if (peek() == '+' || peek() == '-') skip();
  }
  template <class Test>
  std::size_t take_while(Test test) {
    std::size_t count = 0;
    while (count < rest_.size() && test(rest_[count])) ++count;
    rest_.remove_prefix(count);
    return count;
  }
  std::size_t digits() { return take_while(is_digit); }

 private:
  std::string_view rest_;
};

/// Is `text` of one of the types of dates and times (`xs:dateTime`, `xs:gMonthDay`, ...)?
bool is_calendar_value(std::string_view text, std::string_view type);

}  // namespace hanse::twin
