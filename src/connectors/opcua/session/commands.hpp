#pragma once

#include <memory>
#include <vector>

#include "connectors/command.hpp"
#include "connectors/opcua/model/type_book.hpp"
#include "connectors/opcua/session/session.hpp"

namespace hanse::connectors::opcua {

/// May this be changed by these settings? Only what `writable` and `callable` name, letter by letter, and numbers
/// within their limits. Errors: `forbidden`, `invalid`.
Result<void> check_command(const OpcuaSettings& settings, const Command& command);

/// Writes values and calls methods that the settings allow, over a session that is up: finds out which types the server
/// wants, sends each change once and never again, and tells what the server said. No socket, no clock.
class Commands {
 public:
  /// `types` are the server's structures, as far as they are known.
  Commands(Session& session, const TypeBook& types) : session_(session), types_(types) {}
  ~Commands() { lost(); }
  Commands(const Commands&) = delete;
  Commands& operator=(const Commands&) = delete;

  /// `done` is called once: with the answer, or when the connection is lost.
  void start(Command command, CommandDone done);
  /// The connection is gone: what was under way is told so.
  void lost();
  bool is_busy() const { return !jobs_.empty(); }

 private:
  struct Job {
    Command command;
    CommandDone done;
    std::string before;  ///< What the server had, as text.
    bool sent = false;   ///< From here on only the server knows.
  };
  using JobPtr = std::shared_ptr<Job>;
  void finish(const JobPtr& job, Result<std::string> answer);
  void finish_unknown(const JobPtr& job);
  void finish_refused(const JobPtr& job, std::string_view doing, StatusCode status);

  void write(const JobPtr& job);
  void send_value(const JobPtr& job, const NodeId& node, std::span<const DataValue> attributes);
  void read_back(const JobPtr& job, const NodeId& node);

  void call(const JobPtr& job);
  void read_arguments(const JobPtr& job, const NodeId& property, CallMethodRequest request);
  void send_call(const JobPtr& job, CallMethodRequest request, std::span<const Argument> arguments);

  Session& session_;
  const TypeBook& types_;
  std::vector<JobPtr> jobs_;
};

}  // namespace hanse::connectors::opcua
