#include <cstddef>
#include <cstdint>
#include <string_view>

#include "connectors/opcua/model/type_dictionary.hpp"

/// Up to the first zero byte: a dictionary; behind it: a value of its type `T`.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hanse::connectors::opcua;
  const std::string_view input{reinterpret_cast<const char*>(data), size};
  const auto end = input.find('\0');
  const auto dictionary = TypeDictionary::parse(input.substr(0, end));
  if (!dictionary) return 0;
  TypeBook book;
  const NodeId encoding{1, 1};
  book.add_encoding(encoding, dictionary->add_to(book, "T"));
  if (end != std::string_view::npos) {
    (void)book.flatten({.type_id = encoding,
                        .encoding = ExtensionObject::Encoding::binary,
                        .body = std::string{input.substr(end + 1)}});
  }
  return 0;
}
