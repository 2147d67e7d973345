#pragma once

#include "connectors/book.hpp"
#include "store/collection.hpp"

namespace hanse::node {

enum class ChangeState {
  pending,   ///< Asked for; waits for a second person.
  approved,  ///< On its way to the machine.
  done,      ///< The machine took it.
  failed,    ///< The machine or the connection refused; nothing was changed.
  unknown,   ///< Sent, and no answer came: somebody has to look at the machine. Never sent again.
  refused,   ///< The second person said no.
  expired,   ///< Nobody decided in time.
};
HANSE_DESCRIBE_ENUM(ChangeState, pending, approved, done, failed, unknown, refused, expired)

/// A value to write or a method to call at a machine, who asked for it, who approved it, and what came of it.
struct MachineChange {
  std::string id;
  std::string connection;
  std::string asset;  ///< That the connection hangs below.
  connectors::Command command;
  std::string reason;
  ChangeState state = ChangeState::pending;
  std::string requested_by;
  Timestamp requested_at;
  std::string decided_by;  ///< Empty until somebody did.
  std::optional<Timestamp> decided_at;
  std::string answer;  ///< Of the machine, or why not: a sentence.
  static std::vector<store::IndexField> index(const MachineChange& change);
  static constexpr auto kRequestedAt = "requested_at";
};
HANSE_DESCRIBE(MachineChange, (id, connection, asset, command, reason, state, requested_by, requested_at, decided_by,
                               decided_at, answer))

/// Changes at machines under four eyes: one person asks, another approves, then it is sent once. Every step is in the
/// journal before it is taken. Blocking: called on the work pool.
class MachineChanges {
 public:
  static constexpr Duration kPendingMax = 1h;  ///< What was right an hour ago needn't be right now.

  /// `answer_max`: how long a machine's answer is waited for; a connector gives up far sooner.
  MachineChanges(store::Store& store, const connectors::ConnectionBook& connections, const Clock& clock,
                 Duration answer_max = 45s)
      : store_(store),
        records_(store, "machine_change"),
        connections_(connections),
        clock_(clock),
        answer_max_(answer_max) {}

  /// What an end of the program left under way is `unknown` from now on. Errors: of the store.
  Result<void> start();
  /// Errors: `forbidden` unless a person asks and the connection's settings allow it; `invalid`, `not_found`.
  Result<MachineChange> request(const std::string& who, MachineChange change);
  /// Sends it and waits for the answer. Errors: `forbidden` for who asked for it, and for programs; `conflict` when it
  /// isn't pending (any more); as `request` when the settings have changed since.
  Result<MachineChange> approve(const std::string& who, const std::string& id);
  /// Also by who asked for it. Errors: `forbidden` for programs, `conflict`.
  Result<MachineChange> refuse(const std::string& who, const std::string& id);
  Result<MachineChange> get(const std::string& id) const;
  /// The newest first. Errors: of the store.
  Result<store::StoredPage<MachineChange>> list(std::optional<std::string> cursor, std::int64_t limit) const;

 private:
  Result<store::Stored<MachineChange>> pending(const std::string& id) const;
  Result<std::int64_t> keep(const std::string& who, std::string_view act, const MachineChange& change,
                            std::int64_t expected);
  Result<std::string> send(const MachineChange& change) const;
  MachineChange as_of_now(MachineChange change) const;

  store::Store& store_;
  store::Collection<MachineChange> records_;
  const connectors::ConnectionBook& connections_;
  const Clock& clock_;
  const Duration answer_max_;
};

}  // namespace hanse::node
