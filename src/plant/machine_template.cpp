#include "plant/machine_template.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "plant/internal/built_in_templates.hpp"

namespace hanse::plant {
namespace {

std::string_view after_last(std::string_view text, std::string_view separators) {
  const auto at = text.find_last_of(separators);
  return at == std::string_view::npos ? text : text.substr(at + 1);
}

bool is_number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

Result<TemplateBook> TemplateBook::built_in() { return parse(internal::built_in_templates()); }

Result<TemplateBook> TemplateBook::parse(std::span<const std::string_view> documents) {
  TemplateBook book;
  for (const auto document : documents) {
    auto machine = from_json<MachineTemplate>(document);
    if (!machine) {
      auto error = std::move(machine).error();
      error.message = "a machine template is wrong: " + error.message;
      return error;
    }
    const auto id = machine->id;
    if (!book.templates_.emplace(id, *std::move(machine)).second) {
      return fail(ErrorCode::invalid, "two machine templates are called '" + id + "'");
    }
  }
  return book;
}

const MachineTemplate* TemplateBook::find(std::string_view id) const {
  const auto found = templates_.find(id);
  return found == templates_.end() ? nullptr : &found->second;
}

bool matches(std::string_view pattern, std::string_view text) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  std::size_t p = 0, t = 0, star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && lower(pattern[p]) == lower(text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

const TemplateSignal* match(const MachineTemplate& machine, std::string_view protocol, std::string_view address) {
  const auto name = after_last(address, "/.:");
  for (const auto& candidate : machine.signals) {
    const auto patterns = candidate.addresses.find(std::string{protocol});
    if (patterns == candidate.addresses.end()) continue;
    for (const auto& pattern : patterns->second) {
      if (matches(pattern, address) || matches(pattern, name)) return &candidate;
    }
  }
  return nullptr;
}

Result<std::string> fill_settings(const RawJson& settings, const std::map<std::string, std::string>& values) {
  std::string out;
  std::string_view left = settings.text;
  for (;;) {
    const auto begin = left.find("${");
    if (begin == std::string_view::npos) break;
    const auto end = left.find('}', begin);
    if (end == std::string_view::npos) return fail(ErrorCode::invalid, "a placeholder isn't closed");
    const auto parts = split(left.substr(begin + 2, end - begin - 2), ':');  // `${port:502}` has a default.
    const auto name = parts[0];
    const auto given = values.find(std::string{name});
    const bool missing = given == values.end() || given->second.empty();
    if (missing && parts.size() < 2) {
      return fail(ErrorCode::invalid, "needs a value", {{std::string{name}, "is required by the template"}});
    }
    const std::string value = missing ? std::string{parts[1]} : given->second;
    out += left.substr(0, begin);
    const bool alone = !out.empty() && out.back() == '"' && end + 1 < left.size() && left[end + 1] == '"';
    left.remove_prefix(end + 1);
    if (alone && is_number(value) && name != "host" && name != "topic") {
      out.pop_back();
      out += value;
      left.remove_prefix(1);
    } else {
      std::string quoted;
      json::append_string(quoted, value);
      out += std::string_view{quoted}.substr(1, quoted.size() - 2);
    }
  }
  out += left;
  HANSE_TRY(const auto checked, JsonDocument::parse(out));
  return checked.root().text();
}

}  // namespace hanse::plant
