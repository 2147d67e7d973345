#include "node/simulate/modbus_meter.hpp"

#include <algorithm>
#include <cmath>

namespace hanse::node::simulate {
namespace {

constexpr std::size_t kBase = 40000;
constexpr std::size_t kCommon = 2;  // Model 1 follows the mark `SunS`.
constexpr std::size_t kCommonLength = 66;
constexpr std::size_t kMeter = kCommon + 2 + kCommonLength;
constexpr std::size_t kMeterLength = 105;  // Model 203.
constexpr std::size_t kEnd = kMeter + 2 + kMeterLength;
constexpr std::size_t kHeaderBytes = 7;     // MBAP
constexpr std::size_t kRegistersMax = 125;  // V1.1b3, 6.3

constexpr std::uint8_t kIllegalFunction = 1;
constexpr std::uint8_t kIllegalAddress = 2;
constexpr std::uint8_t kIllegalValue = 3;
constexpr std::uint8_t kTargetSilent = 11;

constexpr double kPhaseVolt = 230;
constexpr double kPowerFactor = 0.92;

std::uint16_t signed_register(double value) {
  return static_cast<std::uint16_t>(static_cast<std::int16_t>(std::clamp(std::round(value), -32767.0, 32767.0)));
}

void put_text(std::vector<std::uint16_t>& registers, std::size_t at, std::size_t length, std::string_view text) {
  for (std::size_t i = 0; i < length; ++i) {
    const auto byte = [&](std::size_t n) { return n < text.size() ? static_cast<std::uint8_t>(text[n]) : 0u; };
    registers[at + i] = static_cast<std::uint16_t>(byte(2 * i) << 8 | byte(2 * i + 1));
  }
}

void put_counter(std::vector<std::uint16_t>& registers, std::size_t at, std::uint64_t value) {
  const auto wrapped = static_cast<std::uint32_t>(value);  // acc32 rolls over.
  registers[at] = static_cast<std::uint16_t>(wrapped >> 16);
  registers[at + 1] = static_cast<std::uint16_t>(wrapped & 0xFFFF);
}

}  // namespace

ModbusMeters::ModbusMeters(std::vector<std::string> names) : silent_(names.size(), false) {
  for (const auto& name : names) {
    std::vector<std::uint16_t> registers(kEnd + 2, 0);
    registers[0] = 0x5375;  // `SunS`
    registers[1] = 0x6E53;
    registers[kCommon] = 1;
    registers[kCommon + 1] = kCommonLength;
    put_text(registers, kCommon + 2, 16, "Hanse");
    put_text(registers, kCommon + 18, 16, "Simulated meter");
    put_text(registers, kCommon + 42, 8, "1.0");
    put_text(registers, kCommon + 50, 16, name);
    registers[kCommon + 66] = 1;
    registers[kMeter] = 203;
    registers[kMeter + 1] = kMeterLength;
    registers[kEnd] = 0xFFFF;
    registers_.push_back(std::move(registers));
    update(registers_.size() - 1, {});
  }
}

void ModbusMeters::update(std::size_t meter, const MeterReading& reading) {
  auto& registers = registers_[meter];
  const auto at = [&](std::size_t offset) -> std::uint16_t& { return registers[kMeter + offset]; };
  const double watt = reading.power_kw * 1000;
  const double volt_ampere = watt / kPowerFactor;
  const double ampere = volt_ampere / 3 / kPhaseVolt;
  at(2) = signed_register(3 * ampere * 10);  // A, all phases; A_SF -1
  for (std::size_t phase = 3; phase <= 5; ++phase) at(phase) = signed_register(ampere * 10);
  at(6) = signed_register(-1);
  at(7) = signed_register(kPhaseVolt * 10);  // PhV; V_SF -1
  for (std::size_t phase = 8; phase <= 10; ++phase) at(phase) = signed_register(kPhaseVolt * 10);
  for (std::size_t pair = 11; pair <= 14; ++pair) at(pair) = signed_register(kPhaseVolt * std::sqrt(3.0) * 10);
  at(15) = signed_register(-1);
  at(16) = signed_register(5000);  // Hz; Hz_SF -2
  at(17) = signed_register(-2);
  at(18) = signed_register(watt / 10);  // W; W_SF 1
  for (std::size_t phase = 19; phase <= 21; ++phase) at(phase) = signed_register(watt / 30);
  at(22) = signed_register(1);
  at(23) = signed_register(volt_ampere / 10);  // VA; VA_SF 1
  for (std::size_t phase = 24; phase <= 26; ++phase) at(phase) = signed_register(volt_ampere / 30);
  at(27) = signed_register(1);
  at(28) = signed_register(std::sqrt(std::max(0.0, volt_ampere * volt_ampere - watt * watt)) / 10);  // VAR; VAR_SF 1
  for (std::size_t phase = 29; phase <= 31; ++phase) at(phase) = 0x8000;                             // Not measured.
  at(32) = signed_register(1);
  for (std::size_t phase = 33; phase <= 36; ++phase) at(phase) = signed_register(kPowerFactor * 100);
  at(37) = signed_register(0);                                                                // PF_SF: percent
  put_counter(registers, kMeter + 46, static_cast<std::uint64_t>(reading.energy_kwh * 100));  // TotWhImp; SF 1
  at(54) = signed_register(1);
}

std::optional<std::vector<std::uint8_t>> ModbusMeters::answer(std::vector<std::uint8_t>& bytes, bool& closed) const {
  if (bytes.size() < kHeaderBytes) return std::nullopt;
  const std::size_t length = static_cast<std::size_t>(bytes[4] << 8 | bytes[5]);
  if (bytes[2] != 0 || bytes[3] != 0 || length < 2 || length > 254) {
    closed = true;
    return std::nullopt;
  }
  if (bytes.size() < 6 + length) return std::nullopt;
  const auto pdu = answer_pdu(bytes[6], std::span{bytes}.subspan(kHeaderBytes, length - 1));
  std::vector<std::uint8_t> out{bytes[0],
                                bytes[1],
                                0,
                                0,
                                static_cast<std::uint8_t>((pdu.size() + 1) >> 8),
                                static_cast<std::uint8_t>((pdu.size() + 1) & 0xFF),
                                bytes[6]};
  out.insert(out.end(), pdu.begin(), pdu.end());
  bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(6 + length));
  return out;
}

std::vector<std::uint8_t> ModbusMeters::answer_pdu(std::uint8_t unit, std::span<const std::uint8_t> pdu) const {
  const std::uint8_t function = pdu[0];
  const auto exception = [&](std::uint8_t code) {
    return std::vector<std::uint8_t>{static_cast<std::uint8_t>(function | 0x80), code};
  };
  if (unit == 0 || unit > registers_.size() || silent_[unit - 1u]) return exception(kTargetSilent);
  if (function != 3 && function != 4) return exception(kIllegalFunction);
  if (pdu.size() != 5) return exception(kIllegalValue);
  const std::size_t address = static_cast<std::size_t>(pdu[1] << 8 | pdu[2]);
  const std::size_t quantity = static_cast<std::size_t>(pdu[3] << 8 | pdu[4]);
  if (quantity == 0 || quantity > kRegistersMax) return exception(kIllegalValue);
  const auto& registers = registers_[unit - 1u];
  if (address < kBase || address + quantity > kBase + registers.size()) return exception(kIllegalAddress);
  std::vector<std::uint8_t> out{function, static_cast<std::uint8_t>(quantity * 2)};
  for (std::size_t i = 0; i < quantity; ++i) {
    const auto value = registers[address - kBase + i];
    out.push_back(static_cast<std::uint8_t>(value >> 8));
    out.push_back(static_cast<std::uint8_t>(value & 0xFF));
  }
  return out;
}

}  // namespace hanse::node::simulate
