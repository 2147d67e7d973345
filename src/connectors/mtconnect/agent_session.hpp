#pragma once

#include <optional>
#include <string>

#include "connectors/mtconnect/translator.hpp"

namespace hanse::connectors::mtconnect {

struct AgentOptions {
  std::string device;  ///< Name or uuid; empty for all that the agent has.
  bool streaming = true;
  Duration interval = 100ms;  ///< The least time between two documents of a stream.
  Duration heartbeat = 10s;
  Duration poll_interval = 1s;  ///< Without streaming.
  std::uint64_t count = 1000;   ///< Observations in one document at most.
};

struct AgentRequest {
  std::string target;        ///< Path and query.
  bool streaming = false;    ///< The answer is a stream of documents.
  Duration pause = {};       ///< To wait before sending it.
  Duration time_limit = {};  ///< For the answer, or from one document of the stream to the next.
};

/// What to ask an agent, and what its answers mean: probe, current, then samples without a gap as long as the agent
/// has them. Told documents and losses; no socket, no clock. Survives the connection: the next one goes on where the
/// data ended. Source: MTConnect part 1; docs/standards/mtconnect.md.
class AgentSession {
 public:
  AgentSession(AgentOptions options, Translator& translator, Sink& sink)
      : options_(std::move(options)), translator_(translator), sink_(sink) {}

  /// A connection begins.
  void begin();
  AgentRequest request() const;

  enum class Next {
    read,     ///< The stream goes on.
    request,  ///< Leave the stream, if any, and send `request()`.
  };
  /// Errors: the agent refuses what can't be put differently (`not_found` for the device): give up for now.
  Result<Next> on_document(Document document, Timestamp now);
  /// Bytes that are no document: counted and told with a sample; the stream, if any, has to be left, because what it
  /// held is missing now. Errors: `corrupt` when it happened too often in a row.
  Result<Next> on_corrupt(const Error& error, std::string_view sample, Timestamp now);
  /// The agent answered a request for a stream with one document, or refused it: poll from now on.
  void on_no_stream() { streaming_refused_ = true; }
  /// The connection is gone. All values turn bad, once per outage.
  void on_lost(Timestamp now);

  bool following() const { return state_ == State::sample; }
  std::uint64_t next_sequence() const { return next_; }

 private:
  enum class State { probe, current, sample };
  Result<Next> on_probe(const Probe& probe, Timestamp now);
  Result<Next> on_current(const Streams& streams, Timestamp now);
  Result<Next> on_sample(const Streams& streams, Timestamp now);
  Result<Next> on_errors(const Errors& errors, Timestamp now);
  void apply(const Streams& streams, std::uint64_t from, std::uint64_t before, std::optional<Timestamp> at);
  void tell_gap(std::string message, Timestamp now);
  void tell_skipped(const Streams& streams, Timestamp now);
  Next start_again(std::string reason, Timestamp now);
  bool streams_now() const { return options_.streaming && !streaming_refused_; }

  AgentOptions options_;
  Translator& translator_;
  Sink& sink_;
  State state_ = State::probe;
  std::uint64_t instance_ = 0;
  std::uint64_t next_ = 0;  ///< 0: unknown, take the whole state.
  std::string model_change_time_;
  std::optional<Timestamp> last_data_, lost_at_;
  bool streaming_refused_ = false;
  bool behind_ = false;  ///< The agent has more: don't pause.
  int restarts_ = 0;     ///< In a row, without data in between.
  int corrupt_ = 0;
};

}  // namespace hanse::connectors::mtconnect
