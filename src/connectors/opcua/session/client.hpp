#pragma once

#include "connectors/opcua/session/active_conditions.hpp"
#include "connectors/opcua/session/commands.hpp"
#include "connectors/opcua/session/history.hpp"
#include "connectors/opcua/session/polling.hpp"
#include "connectors/opcua/session/selection.hpp"
#include "connectors/opcua/session/stand_in.hpp"
#include "connectors/opcua/session/subscriptions.hpp"

namespace hanse::connectors::opcua {

/// All that one connection does, put together: session, choice of points, subscriptions, events, history. Survives its
/// sockets: told `connected`, bytes, time and `lost`, it says what to send and whether to connect again.
class Client {
 public:
  Client(OpcuaSettings settings, CertificateStore& store, Sink& sink);

  /// Only looks: `found` is told what there is, once; nothing is followed.
  void look(Selection::Done found) { look_ = std::move(found); }

  const std::string& url() const { return session_.url(); }
  void connected(Now now) { session_.connected(now); }
  void receive(std::string_view bytes, Now now) { session_.receive(bytes, now); }
  void tick(Now now);
  Duration next_tick() const;
  std::string take_output() { return session_.take_output(); }
  Session::Want want() const { return session_.want(); }
  /// The socket is gone. Values turn bad, once an outage; says so where a session was up.
  void lost(const Error& reason, Timestamp now);
  /// The client wanted another socket: nothing is lost.
  void move_on();
  /// The address of a server of the set that is to be asked for its service level now; each once until `level_told`.
  std::optional<std::string> level_wanted();
  /// What it said. A better server than the one that is followed is changed to.
  void level_told(const std::string& url, const Result<int>& level);
  /// Changes something at the server; `take_output` has more to send then.
  void command(Command command, CommandDone done) { commands_.start(std::move(command), std::move(done)); }
  void close() {
    polling_.unregister();
    session_.close();
  }
  std::optional<Error> failure() const { return session_.failure(); }
  /// A session was up at some time: its server may still keep it.
  bool was_ready() const { return was_ready_; }
  bool is_ready() const { return session_.is_ready(); }
  Session& session() { return session_; }
  Points& points() { return points_; }

 private:
  void ready(ReadyKind kind);
  void select();
  void follow();
  void poll(StatusCode why);
  void told(const Subscriptions::Outcome& outcome);
  void told_refused(std::size_t count, const std::vector<std::string>& some);
  void fill_from_history();
  void event(const EventFieldList& event);
  bool is_about_refresh(const NodeId& event_type);
  void tell_condition(const std::string& source, std::string message, Timestamp time, ActiveConditions::Change change);
  void notice(NoticeKind kind, std::string message, std::string device = {});
  void check_clock();
  void take_service_level(int level);
  bool is_one_of_a_set() const;

  Sink& sink_;
  Session session_;
  Points points_;
  TypeBook types_;  ///< The server's structures, in this session's namespace indices.
  std::vector<std::string> types_namespaces_;
  Subscriptions subscriptions_;
  Polling polling_;
  Selection selection_;
  HistoryFill history_;
  Commands commands_;
  ActiveConditions conditions_;
  StandIn stand_in_;
  std::string followed_url_;  ///< Where the subscriptions are.
  Selection::Done look_;
  bool selected_ = false, was_ready_ = false;
  std::string told_reason_;
  std::uint64_t overflows_told_ = 0;
};

/// One sentence about a server for people: product, version, state, security, limits.
std::string describe_server(const Session& session);

}  // namespace hanse::connectors::opcua
