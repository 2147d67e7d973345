#pragma once

#include <string>
#include <string_view>

namespace hanse::connectors::opcua {

/// Wipes any text, to the end of its memory.
void wipe(std::string& bytes);

/// Bytes that are wiped when they go: keys, nonces, passwords. No conversion to text, so that none ends in a log.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string bytes) : bytes_(std::move(bytes)) { opcua::wipe(bytes); }
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept : bytes_(other.bytes_) {
    other.wipe();
  }  // A copy: a moved short string stays readable.
  Secret& operator=(const Secret& other);
  Secret& operator=(Secret&& other) noexcept;
  ~Secret() { wipe(); }
  std::string_view reveal() const { return bytes_; }
  std::string& fill() { return bytes_; }
  bool empty() const { return bytes_.empty(); }
  void wipe();

 private:
  std::string bytes_;
};

}  // namespace hanse::connectors::opcua
