#pragma once

#include <optional>
#include <string>
#include <vector>

#include "connectors/modbus/register_map.hpp"

namespace hanse::connectors::modbus {

/// Finds SunSpec's mark and walks the chain of models behind it. Told answers, says what to read next; no socket, no
/// clock. Source: SunSpec Device Information Model Specification, chapter 4.
class SunSpecWalk {
 public:
  struct Model {
    std::int64_t id = 0;
    std::uint32_t address = 0;  ///< Of the id's register.
    std::uint32_t length = 0;   ///< Registers after id and length.
  };

  /// What to read now; nothing once the walk is over.
  std::optional<Read> next() const;
  void on_words(const std::vector<std::uint16_t>& words);
  /// The unit refused the read.
  void on_refused();
  const std::vector<Model>& models() const { return models_; }

  /// Points of the models that `book` knows; the second of a kind gets `_2` after its names. Errors: `not_found`, when
  /// there is no mark or no known model, saying what was found.
  Result<std::vector<RegisterPoint>> points(const MapBook& book) const;

 private:
  void next_base();
  std::size_t base_ = 0;
  bool marked_ = false, over_ = false;
  std::uint32_t address_ = 0;
  std::vector<Model> models_;
};

}  // namespace hanse::connectors::modbus
