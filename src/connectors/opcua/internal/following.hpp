#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "connectors/opcua/internal/test_server.hpp"
#include "connectors/opcua/session/client.hpp"
#include "connectors/recording_sink.hpp"

namespace hanse::connectors::opcua::internal {

/// A client and a server in memory, and a clock that moves when it is told to.
class Following : public testing::Test {
 protected:
  static constexpr std::string_view kTemp = "nsu=urn:press;s=Temp";

  Following() { fill(); }
  ~Following() override { std::filesystem::remove_all(folder_); }

  void fill() {
    server_.nodes.push_back(
        {.id = {2, "Press1"}, .parent = 85, .name = "Press1", .node_class = NodeClass::object, .value = {}});
    for (const auto* name : {"Temp", "Count", "State"}) {
      server_.nodes.push_back({.id = {2, name}, .parent = {2, "Press1"}, .name = name, .value = data_value(1.0)});
    }
  }
  void make_client(OpcuaSettings settings = {}) {
    settings.url = "opc.tcp://server:4840";
    settings.security_policy = PolicyChoice::none;
    settings.unsecured_until = Timestamp::max();
    settings.certificate_folder = folder_;
    client_ = std::make_unique<Client>(settings, store_, sink_);
  }
  Now now() const { return {.time = Timestamp{1'790'000'000'000'000'000} + monotonic_, .monotonic = monotonic_}; }
  /// Hands bytes to and fro until neither has anything to say.
  void exchange() {
    for (int i = 0; i < 10'000; ++i) {
      const auto request = client_->take_output();
      auto response = server_.answer(request);
      if (client_->want() == Session::Want::connect) {
        client_->move_on();
        server_.connected();
        client_->connected(now());
        continue;
      }
      if (request.empty() && response.empty()) return;
      client_->receive(response, now());
    }
    FAIL() << "client and server talk without an end";
  }
  void connect() {
    server_.connected();
    client_->connected(now());
    exchange();
  }
  void publish(bool lose = false) {
    server_.publish(lose);
    client_->receive(server_.take_output(), now());
    exchange();
  }
  void change(std::size_t node, double value, bool lose = false) {
    monotonic_ += 10ms;
    auto changed = data_value(value);
    changed.source_time = DateTime::from(now().time);
    server_.change(node, std::move(changed));
    publish(lose);
  }
  void pass(Duration time) {
    monotonic_ += time;
    client_->tick(now());
    exchange();
  }
  void lose() { client_->lost(fail(ErrorCode::unavailable, "the line is cut"), now().time); }
  std::size_t nulls(std::string_view address) const {
    const auto all = sink_.of(address);
    return static_cast<std::size_t>(std::ranges::count(all, signal::ValueType::null, &RecordingSink::Value::type));
  }
  std::string last_message() const { return sink_.notices.empty() ? "" : sink_.notices.back().message; }

  std::string folder_ =
      (std::filesystem::temp_directory_path() / ("hanse-opcua-client-" + std::to_string(::getpid()))).string();
  FolderCertificateStore store_{{.folder = folder_, .application_uri = "urn:test"}};
  RecordingSink sink_;
  TestServer server_;
  std::unique_ptr<Client> client_;
  Duration monotonic_{};
};

}  // namespace hanse::connectors::opcua::internal
