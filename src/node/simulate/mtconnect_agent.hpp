#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace hanse::node::simulate {

enum class Category { sample, event, condition };

struct AgentDataItem {
  std::string id;  ///< Unique in the agent: `cnc-01_execution`.
  std::string name;
  Category category = Category::event;
  std::string type;  ///< `EXECUTION`; vendor types with `x:` in front.
  std::string sub_type;
  std::string units;
  std::string component;  ///< `Device`, `Path`, `Electric`, `Linear` ...: the kind of component that carries it.
};

struct AgentDevice {
  std::string id, uuid, name;
  std::string manufacturer, model, serial;
  std::vector<AgentDataItem> items;
};

/// What an MTConnect agent answers: a document, or a stream of documents.
struct AgentAnswer {
  int status = 200;
  std::string document;
  struct Streaming {
    std::uint64_t from = 0;
    std::size_t count = 100;
    Duration interval{};
    Duration heartbeat{};
    bool current = false;  ///< A snapshot per interval instead of what is new.
    std::string device;
  };
  std::optional<Streaming> streaming;
};

/// The agent's memory and documents, without sockets: observations go into a ring of `buffer_max`, requests become
/// documents. Source: MTConnect part 1 and 2, 2.0; the fact sheet's section on it.
class MtconnectAgent {
 public:
  /// `instance_id` changes whenever the buffer was lost, that is with each start.
  MtconnectAgent(std::vector<AgentDevice> devices, std::uint64_t instance_id, std::size_t buffer_max);

  /// Precondition: device and item exist. Repeated values of events are left out by the caller.
  void observe(std::size_t device, std::size_t item, Timestamp time, std::string value);
  /// A condition: `Normal`, `Warning`, `Fault` or `Unavailable`.
  void observe_condition(std::size_t device, std::size_t item, Timestamp time, std::string level, std::string code,
                         std::string text);

  /// Answers `GET target`, path with query as in `/cnc-01/sample?from=12&count=100`.
  AgentAnswer answer(std::string_view target, Timestamp now) const;

  struct Part {
    std::string document;
    std::uint64_t next = 0;  ///< Where the following part begins.
    bool empty = true;
  };
  /// A part of a stream. When observations after `from` are gone already, an error document, and the stream must end.
  Part part(const AgentAnswer::Streaming& stream, Timestamp now) const;
  bool has(std::uint64_t from) const { return from >= first_sequence(); }

  std::uint64_t first_sequence() const { return ring_.empty() ? next_sequence_ : ring_.front().sequence; }
  std::uint64_t next_sequence() const { return next_sequence_; }

 private:
  struct Observation {
    std::uint64_t sequence = 0;
    std::uint32_t device = 0;
    std::uint32_t item = 0;
    Timestamp time;
    std::string value;        ///< Of a condition: its text.
    std::string level, code;  ///< Of a condition.
  };
  using Query = std::map<std::string, std::string, std::less<>>;

  void push(Observation observation);
  AgentAnswer error(std::string_view code, std::string_view message, Timestamp now) const;
  AgentAnswer answer_sample(const Query& query, const std::string& device, Timestamp now) const;
  AgentAnswer answer_current(const Query& query, const std::string& device, Timestamp now) const;
  std::string header(std::string_view extra, Timestamp now) const;
  std::string probe(const std::string& device, Timestamp now) const;
  std::string streams(const std::vector<const Observation*>& observations, std::uint64_t next, Timestamp now) const;
  std::vector<const Observation*> latest(const std::string& device) const;
  std::vector<const Observation*> from(std::uint64_t sequence, std::size_t count, const std::string& device,
                                       std::uint64_t& next) const;
  bool knows(const std::string& device) const;

  std::vector<AgentDevice> devices_;
  std::uint64_t instance_id_;
  std::size_t buffer_max_;
  std::deque<Observation> ring_;
  std::vector<std::vector<Observation>> latest_;  ///< By device and item.
  std::uint64_t next_sequence_ = 1;
};

}  // namespace hanse::node::simulate
