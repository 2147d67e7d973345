#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace hanse::node::simulate {

/// What a three-phase meter measures.
struct MeterReading {
  double power_kw = 0;
  double energy_kwh = 0;
};

/// Energy meters behind one Modbus TCP gateway, without sockets: unit 1 the first. Each offers SunSpec models 1
/// (common) and 203 (three-phase wye meter) at 40000, function 3 and 4. Sources: MODBUS Application Protocol V1.1b3;
/// SunSpec models 1 and 203 as in the fact sheet.
class ModbusMeters {
 public:
  /// `names` become the meters' serial numbers.
  explicit ModbusMeters(std::vector<std::string> names);
  void update(std::size_t meter, const MeterReading& reading);
  /// A silenced meter doesn't answer its gateway any more.
  void silence(std::size_t meter, bool silent) { silent_[meter] = silent; }

  /// The answer to the first frame in `bytes`, which then loses that frame; nothing while it isn't complete.
  /// `closed` is set when the bytes can't be Modbus: the connection must go.
  std::optional<std::vector<std::uint8_t>> answer(std::vector<std::uint8_t>& bytes, bool& closed) const;

 private:
  std::vector<std::uint8_t> answer_pdu(std::uint8_t unit, std::span<const std::uint8_t> pdu) const;

  std::vector<std::vector<std::uint16_t>> registers_;  ///< By meter, from address 40000.
  std::vector<bool> silent_;
};

}  // namespace hanse::node::simulate
