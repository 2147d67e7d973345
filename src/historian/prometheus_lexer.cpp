#include "historian/prometheus_lexer.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace hanse::historian {
namespace {

using TokenKind = PromToken::Kind;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':'; }

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Result<std::vector<PromToken>> tokens() {
    std::vector<PromToken> out;
    for (;;) {
      skip_blanks();
      HANSE_TRY(auto token, next());
      out.push_back(std::move(token));
      if (out.back().kind == TokenKind::end) return out;
    }
  }

 private:
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  Error wrong(std::string_view why) const {
    return fail(ErrorCode::invalid, fmt::format("character {}: {}", at_ + 1, why));
  }

  void skip_blanks() {
    while (at_ < text_.size()) {
      if (peek() == '#') {
        while (at_ < text_.size() && peek() != '\n') ++at_;
      } else if (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') {
        ++at_;
      } else {
        return;
      }
    }
  }

  Result<PromToken> next() {
    const auto begin = at_;
    if (at_ >= text_.size()) return PromToken{.kind = TokenKind::end, .text = {}, .at = begin};
    const char c = peek();
    if (is_letter(c)) {
      while (is_letter(peek()) || is_digit(peek())) ++at_;
      return token(TokenKind::name, begin);
    }
    if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return number(begin);
    if (c == '"' || c == '\'' || c == '`') return quoted(begin);
    for (const std::string_view two : {"==", "!=", "=~", "!~", ">=", "<="}) {
      if (text_.substr(at_).starts_with(two)) {
        at_ += 2;
        return token(TokenKind::sign, begin);
      }
    }
    if (std::string_view{"()[]{},+-*/%^<>=@:"}.contains(c)) {
      ++at_;
      return token(TokenKind::sign, begin);
    }
    return wrong("there is a character that no query has");
  }

  PromToken token(TokenKind kind, std::size_t begin) const {
    return {.kind = kind, .text = std::string{text_.substr(begin, at_ - begin)}, .at = begin};
  }

  Result<PromToken> number(std::size_t begin) {
    const bool hex = peek() == '0' && (peek(1) | 0x20) == 'x';
    if (hex) {
      at_ += 2;
      while (is_digit(peek()) || ((peek() | 0x20) >= 'a' && (peek() | 0x20) <= 'f')) ++at_;
      return token(TokenKind::number, begin);
    }
    while (is_digit(peek())) ++at_;
    const auto unit = peek();
    if (at_ > begin && (unit == 's' || unit == 'm' || unit == 'h' || unit == 'd' || unit == 'w' || unit == 'y')) {
      while (is_digit(peek()) || (peek() >= 'a' && peek() <= 'z')) ++at_;
      return token(TokenKind::duration, begin);
    }
    if (peek() == '.') {
      ++at_;
      while (is_digit(peek())) ++at_;
    }
    if ((peek() | 0x20) == 'e' && (is_digit(peek(1)) || ((peek(1) == '+' || peek(1) == '-') && is_digit(peek(2))))) {
      at_ += 2;
      while (is_digit(peek())) ++at_;
    }
    if (is_letter(peek())) return wrong("a number ends in letters");
    return token(TokenKind::number, begin);
  }

  Result<PromToken> quoted(std::size_t begin) {
    const char quote = text_[at_++];
    PromToken out{.kind = TokenKind::text, .text = {}, .at = begin};
    for (; at_ < text_.size(); ++at_) {
      char c = text_[at_];
      if (c == quote) {
        ++at_;
        if (!is_utf8(out.text)) return wrong("a text is not UTF-8");
        return out;
      }
      if (c == '\\' && quote != '`') {
        HANSE_TRY(c, escaped());
      }
      out.text += c;
    }
    at_ = begin;
    return wrong("a text is opened here and never closed");
  }

  Result<char> escaped() {
    switch (peek(1)) {
      case 'n':
        ++at_;
        return '\n';
      case 't':
        ++at_;
        return '\t';
      case 'r':
        ++at_;
        return '\r';
      case '\\':
      case '"':
      case '\'':
        return text_[++at_];
      default:
        return wrong("a text has an escape that isn't understood; \\\\ is a backslash");
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Result<std::vector<PromToken>> prom_tokens(std::string_view query) { return Lexer{query}.tokens(); }

}  // namespace hanse::historian
