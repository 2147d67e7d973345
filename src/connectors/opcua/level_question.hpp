#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <string>

#include "connectors/opcua/security/certificate_store.hpp"
#include "connectors/opcua/settings.hpp"

namespace hanse::connectors::opcua {

/// Asks another server of a failover set for its ServiceLevel, by a session of its own beside the one that is followed:
/// the same security, the same log-in, and a farewell. Destroying it means that nobody wants the answer any more.
class LevelQuestion {
 public:
  /// `told` is called once on `executor`, unless the object is gone. `settings.url` is whom to ask.
  LevelQuestion(const boost::asio::any_io_executor& executor, OpcuaSettings settings,
                FolderCertificateStore::Options certificates, const Clock& clock,
                std::function<void(Result<int> level)> told);
  ~LevelQuestion();
  LevelQuestion(const LevelQuestion&) = delete;
  LevelQuestion& operator=(const LevelQuestion&) = delete;

 private:
  struct State;
  static boost::asio::awaitable<Result<int>> ask(std::shared_ptr<State> state);
  static boost::asio::awaitable<void> ask_and_tell(std::shared_ptr<State> state);

  std::shared_ptr<State> state_;
};

}  // namespace hanse::connectors::opcua
