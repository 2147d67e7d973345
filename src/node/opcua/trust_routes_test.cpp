#include "node/opcua/trust_routes.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "api/router.hpp"
#include "base/json.hpp"
#include "connectors/opcua/security/certificate.hpp"

namespace hanse::node {
namespace {

namespace ua = connectors::opcua;

class Trust : public testing::Test {
 protected:
  ~Trust() override { std::filesystem::remove_all(folder_); }

  Result<api::Response> ask(api::Method method, const std::string& path) {
    const auto match = router_.find(method, path);
    if (!match || !match->route) return fail(ErrorCode::not_found, "no such route");
    EXPECT_EQ(match->route->permission, method == api::Method::get ? "connections.read" : "connections.trust");
    return match->route->handle({.parameters = match->parameters,
                                 .body = "{}",
                                 .content_type = "application/json",
                                 .caller = {.id = "user:anna", .name = "Anna"}});
  }
  std::string kind_of(const std::string& fingerprint) {
    const auto all = certificates_.list();
    for (const auto& entry : *all) {
      if (entry.fingerprint == fingerprint) return entry.kind == ua::TrustKind::trusted ? "trusted" : "rejected";
    }
    return "unknown";
  }
  /// A machine that was met and refused; its fingerprint.
  std::string meet() {
    const auto key = *ua::PrivateKey::generate(2048);
    const auto now = clock_.now();
    const auto made = *ua::make_certificate({.application_uri = "urn:press",
                                             .common_name = "press-4",
                                             .host_names = {"press-4"},
                                             .not_before = now - 1h,
                                             .not_after = now + 24h},
                                            key);
    EXPECT_FALSE(certificates_.check({{made}}, now));
    return made.fingerprint();
  }

  SimulatedClock clock_{Timestamp{1'790'000'000'000'000'000}};
  std::string folder_ =
      (std::filesystem::temp_directory_path() / ("hanse-trust-" + std::to_string(::getpid()))).string();
  ua::FolderCertificateStore certificates_{{.folder = folder_, .application_uri = "urn:here"}};
  std::unique_ptr<store::Store> store_ = *store::open_store("sqlite::memory:", clock_);
  api::Router router_{trust_routes(certificates_, *store_, clock_)};
};

TEST_F(Trust, a_person_accepts_rejects_and_removes_what_was_met) {
  const auto fingerprint = meet();
  const auto path = "/api/v1/opcua/certificates/" + fingerprint;
  const auto list = ask(api::Method::get, "/api/v1/opcua/certificates");
  ASSERT_TRUE(list);
  EXPECT_NE(list->body.find(fingerprint), std::string::npos);
  EXPECT_NE(list->body.find("urn:here"), std::string::npos) << "our own is there to be accepted elsewhere";
  ASSERT_TRUE(ask(api::Method::post, path + "/accept"));
  EXPECT_EQ(kind_of(fingerprint), "trusted");
  ASSERT_TRUE(ask(api::Method::post, path + "/accept")) << "twice is once";
  ASSERT_TRUE(ask(api::Method::post, path + "/reject"));
  EXPECT_EQ(kind_of(fingerprint), "rejected");
  ASSERT_TRUE(ask(api::Method::del, path));
  EXPECT_EQ(kind_of(fingerprint), "unknown");
  const auto journal = store_->journal(0, 100, false);
  ASSERT_TRUE(journal);
  std::string acts;
  for (const auto& entry : *journal) {
    EXPECT_EQ(entry.actor, "user:anna");
    EXPECT_EQ(entry.id, fingerprint);
    acts += entry.action + " ";
  }
  EXPECT_EQ(acts, "accept reject remove ");
}

TEST_F(Trust, an_unknown_fingerprint_is_said_and_nothing_is_noted) {
  const auto answer = ask(api::Method::post, "/api/v1/opcua/certificates/AA:BB/accept");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::not_found);
  EXPECT_NE(answer.error().message.find("AA:BB"), std::string::npos);
  EXPECT_TRUE(store_->journal(0, 100, false)->empty());
}

}  // namespace
}  // namespace hanse::node
