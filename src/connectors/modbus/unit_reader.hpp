#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "connectors/connector.hpp"
#include "connectors/modbus/plan.hpp"
#include "connectors/modbus/settings.hpp"
#include "connectors/modbus/sunspec.hpp"

namespace hanse::connectors::modbus {

/// A moment on both clocks: the date for samples, the other for waiting.
struct Moment {
  Timestamp time;
  Duration monotonic{};
};

/// One unit with all that is known of it: what to read next, and what its answers mean. Survives the connection. Knows
/// neither frames nor time-outs.
class UnitReader {
 public:
  struct Options {
    std::string device;  ///< Comes before its values' names; empty for the only one.
    std::uint8_t unit = 1;
    std::string map;  ///< `sunspec`, a map's id, or empty.
    std::vector<RegisterPoint> points;
    std::optional<WordOrder> order;
    PlanLimits limits;
    Duration interval = 1s;
  };
  UnitReader(Options options, Sink& sink);

  /// A connection begins.
  void begin(Moment now);
  /// What to read now, if anything; the same until it is answered.
  std::optional<Read> next(Moment now);
  /// When `next` may have something to say, monotonic.
  Duration due() const;

  void on_words(const std::vector<std::uint16_t>& words, Moment now);
  void on_exception(std::uint8_t code, Moment now);
  /// No answer, or none that can be understood, also when asked again.
  void on_silence(const std::string& reason, Moment now);
  /// The connection is gone: all values turn bad, once per outage.
  void on_lost(Moment now);

  std::uint8_t unit() const { return options_.unit; }
  bool offline() const { return offline_; }
  std::uint64_t rounds() const { return rounds_; }
  /// Why nothing at all can be read, for a browser: no SunSpec, offline.
  const std::string& trouble() const { return trouble_; }

 private:
  struct Span {
    std::vector<std::uint16_t> words;
    Timestamp time;
    bool fresh = false;   ///< Read in this round.
    std::string failure;  ///< Empty when the last reading went well.
  };
  struct Value {
    RegisterPoint point;
    PointReader reader;
    std::size_t span = 0;
    std::optional<std::size_t> scale_span;
    signal::SignalId signal{};
    bool told_bad = false;
  };

  void set_points(std::vector<RegisterPoint> points, WordOrder order);
  void plan();
  void start_round(Moment now);
  void finish_round(Moment now);
  void tell_failure(const Value& value, const std::string& reason, Moment now);
  void fail_block(std::string reason, Duration retry_in, Moment now);
  void go_offline(const std::string& reason, Moment now);
  void come_online(Moment now);
  void finish_walk(Moment now);
  std::string label() const;

  Options options_;
  Sink& sink_;
  std::optional<SunSpecWalk> walk_;
  std::vector<Value> values_;
  std::vector<Read> places_;  ///< Of the spans.
  std::vector<bool> once_;
  std::vector<Span> spans_;
  std::vector<Block> blocks_;
  std::vector<Block> round_;  ///< What is still to be read in this round, the next one last.
  bool in_round_ = false;
  bool answered_ = false;  ///< Something came in this round.
  bool declared_ = false;
  bool once_done_ = false;
  Duration next_poll_{}, resume_at_{}, offline_pause_ = 0s;
  int busy_ = 0;
  bool offline_ = false;
  bool all_bad_ = true;  ///< Nothing good was delivered since all were told bad.
  std::optional<Timestamp> last_good_;
  std::uint64_t rounds_ = 0;
  std::string trouble_;
};

}  // namespace hanse::connectors::modbus
