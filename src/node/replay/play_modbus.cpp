#include <map>
#include <set>

#include "connectors/modbus/session.hpp"
#include "node/replay/player.hpp"

namespace hanse::node::replay {

namespace modbus = connectors::modbus;

namespace {

struct RecordedFrame {
  std::int64_t t = 0;
  std::string dir;
  std::string hex;
  std::optional<RawJson> settings;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "t", .summary = "When it passed, ms since 1970.", .min = 0, .max = 9e12}};
  }
};
HANSE_DESCRIBE(RecordedFrame, (t, dir, hex, settings))

std::uint16_t word_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint16_t>(static_cast<std::uint8_t>(bytes[at]) << 8 |
                                    static_cast<std::uint8_t>(bytes[at + 1]));
}

constexpr std::size_t kRequestBytes = 12;  // MBAP and a reading PDU
constexpr std::size_t kUnitAt = 6, kFunctionAt = 7, kAddressAt = 8, kQuantityAt = 10;

/// The registers as the recorded answers filled them. Whatever our session asks, it gets what was known at that moment.
class RecordedDevice {
 public:
  /// Takes a recorded question, or an answer and what it tells; true when that was a reading. Errors: `invalid`.
  Result<bool> on_frame(bool from_client, const std::string& bytes) {
    if (bytes.size() < modbus::kHeaderBytes + 2) return fail(ErrorCode::invalid, "a frame is shorter than its head");
    if (from_client) {
      if (bytes.size() == kRequestBytes && read_of(bytes)) questions_[word_at(bytes, 0)] = bytes;
      return false;
    }
    const auto question = questions_.find(word_at(bytes, 0));
    if (question == questions_.end()) return false;  // The answer to a write, or to what wasn't recorded.
    const auto read = read_of(question->second);
    questions_.erase(question);
    modbus::FrameReader reader;
    reader.feed(bytes);
    HANSE_TRY(const auto frame, reader.next());
    if (!frame) return fail(ErrorCode::invalid, "an answer isn't whole");
    HANSE_TRY(const auto answer, modbus::parse_answer(*frame, *read));
    for (std::uint32_t i = 0; i < answer.words.size(); ++i)
      words_[{frame->unit, read->table, read->address + i}] = answer.words[i];
    return true;
  }

  std::string answer(std::string_view request) const {
    const auto read = read_of(request);
    std::string pdu;
    bool known = read.has_value();
    if (known) {
      const bool bits = modbus::is_bits(read->table);
      pdu = {request[kFunctionAt], static_cast<char>(bits ? (read->quantity + 7) / 8 : read->quantity * 2)};
      if (bits) pdu.resize(2 + (read->quantity + 7) / 8);
      for (std::uint32_t i = 0; i < read->quantity && known; ++i) {
        const auto word = words_.find({static_cast<std::uint8_t>(request[kUnitAt]), read->table, read->address + i});
        known = word != words_.end();
        if (!known) break;
        if (bits)
          pdu[2 + i / 8] = static_cast<char>(pdu[2 + i / 8] | word->second << (i % 8));
        else
          pdu += {static_cast<char>(word->second >> 8), static_cast<char>(word->second & 0xFF)};
      }
    }
    if (!known) pdu = {static_cast<char>(request[kFunctionAt] | 0x80), 2};
    std::string out{request.substr(0, 4)};
    out += {static_cast<char>((pdu.size() + 1) >> 8), static_cast<char>((pdu.size() + 1) & 0xFF), request[kUnitAt]};
    return out + pdu;
  }

 private:
  static std::optional<modbus::Read> read_of(std::string_view request) {
    static constexpr modbus::Table kTables[] = {modbus::Table::coil, modbus::Table::discrete, modbus::Table::holding,
                                                modbus::Table::input};
    const auto function = static_cast<std::uint8_t>(request[kFunctionAt]);
    if (function < 1 || function > 4) return {};
    const modbus::Read read{kTables[function - 1], word_at(request, kAddressAt), word_at(request, kQuantityAt)};
    const auto most = modbus::is_bits(read.table) ? modbus::kBitsMax : modbus::kRegistersMax;
    if (read.quantity == 0 || read.quantity > most) return {};
    return read;
  }

  std::map<std::uint16_t, std::string> questions_;  ///< By transaction.
  std::map<std::tuple<std::uint8_t, modbus::Table, std::uint32_t>, std::uint16_t> words_;
};

/// One session over the recorded device: a round whenever the recording began its own anew.
class ModbusPlayer {
 public:
  explicit ModbusPlayer(Player& player) : player_(player) { settings_.host = "recorded"; }

  void configure(modbus::ModbusSettings settings) { settings_ = std::move(settings); }
  /// Errors: `invalid`.
  Result<void> on_frame(const RecordedFrame& frame) {
    const bool question = frame.dir == "client";
    if (!question && frame.dir != "server") return fail(ErrorCode::invalid, "'dir' must be client or server");
    HANSE_TRY(const auto bytes, from_hex(frame.hex));
    if (question && bytes.size() > modbus::kHeaderBytes && !round_.insert(bytes.substr(kUnitAt)).second) {
      read_round();
      round_ = {bytes.substr(kUnitAt)};
    }
    HANSE_TRY(const bool told, device_.on_frame(question, bytes));
    if (!told) return {};
    answered_ = Timestamp::from_ms(frame.t);
    player_.count_message();
    return {};
  }
  /// Reads what the recorded device has told so far.
  void read_round() {
    if (!answered_) return;
    const modbus::Moment now{*answered_, 1h + player_.elapsed(*answered_)};
    if (!session_) {
      settings_.interval = 10ms;  // The recording keeps the time.
      session_ = std::make_unique<modbus::Session>(settings_, player_);
      session_->begin(now);
    }
    constexpr int kStepsMax = 10'000,
                  kIdleStepsMax = 3;  // Between finding out and reading a session waits for nothing.
    for (int steps = 0, idle = 0; steps < kStepsMax && idle < kIdleStepsMax; ++steps) {
      const auto step = session_->step(now);
      if (step.failure) return;
      if (step.send.empty())
        ++idle;
      else
        session_->on_bytes(device_.answer(step.send), now);
    }
  }

 private:
  Player& player_;
  modbus::ModbusSettings settings_;
  std::unique_ptr<modbus::Session> session_;
  RecordedDevice device_;
  std::set<std::string, std::less<>> round_;  ///< Questions since the round began.
  std::optional<Timestamp> answered_;
};

}  // namespace

Result<void> play_modbus(std::string_view text, Player& player) {
  ModbusPlayer device{player};
  bool stopped = false;
  HANSE_CHECK(for_each_line(text, [&](std::size_t number, std::string_view line) -> Result<void> {
    if (stopped) return {};
    HANSE_TRY(const auto frame, from_json<RecordedFrame>(line, UnknownMembers::ignore));
    if (frame.settings) {
      if (number != 1) return fail(ErrorCode::invalid, "settings come first");
      HANSE_TRY(auto settings, from_json<modbus::ModbusSettings>(frame.settings->text));
      device.configure(std::move(settings));
      return {};
    }
    stopped = !player.pace(Timestamp::from_ms(frame.t));
    return stopped ? Result<void>{} : device.on_frame(frame);
  }));
  if (!stopped) device.read_round();
  return {};
}

}  // namespace hanse::node::replay
