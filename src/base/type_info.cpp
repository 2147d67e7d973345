#include "base/type_info.hpp"

#include <cstring>

#include "base/assert.hpp"

namespace hanse {

namespace describe {

std::string enum_name(std::span<const EnumEntry> names, long long value) {
  for (const auto& entry : names) {
    if (entry.value == value) return std::string{entry.name};
  }
  return std::to_string(value);
}

const EnumEntry* enum_entry(std::span<const EnumEntry> names, std::string_view name) {
  for (const auto& entry : names) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

std::string enum_names(std::span<const EnumEntry> names) {
  std::string out;
  for (const auto& entry : names) {
    if (!out.empty()) out += ", ";
    out += entry.name;
  }
  return out;
}

std::string short_name(std::string_view full_name) {
  std::string name, word;
  const auto take_word = [&] {
    if (!word.empty()) name += (name.empty() ? "" : "_") + word;
    word.clear();
  };
  for (const char c : full_name) {
    const bool word_character = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (word_character) {
      word += c;
    } else if (c == ':' || c == '{' || c == '}') {  // of a namespace, `{anonymous}` among them
      word.clear();
    } else {
      take_word();
    }
  }
  take_word();
  return name;
}

}  // namespace describe

namespace {

template <class Number>
long long load(const void* value) {
  Number number{};
  std::memcpy(&number, value, sizeof number);
  return static_cast<long long>(number);
}
template <class Number>
void store(void* value, long long number) {
  const auto narrow = static_cast<Number>(number);
  std::memcpy(value, &narrow, sizeof narrow);
}

}  // namespace

long long load_integer(const TypeInfo& type, const void* value) {
  switch (type.size) {
    case 1:
      return type.is_signed ? load<std::int8_t>(value) : load<std::uint8_t>(value);
    case 2:
      return type.is_signed ? load<std::int16_t>(value) : load<std::uint16_t>(value);
    case 4:
      return type.is_signed ? load<std::int32_t>(value) : load<std::uint32_t>(value);
    default:
      HANSE_ASSERT(type.size == 8);
      return load<std::int64_t>(value);
  }
}

void store_integer(const TypeInfo& type, void* value, long long number) {
  switch (type.size) {
    case 1:
      return store<std::uint8_t>(value, number);
    case 2:
      return store<std::uint16_t>(value, number);
    case 4:
      return store<std::uint32_t>(value, number);
    default:
      HANSE_ASSERT(type.size == 8);
      return store<std::uint64_t>(value, number);
  }
}

}  // namespace hanse
