#include "dataspace/internal/connector_fixture.hpp"

// What strangers, thieves and broken nodes send. Wrong pids and repetitions: connector_test.cpp; fuzz: *_fuzz.cpp.

namespace hanse::dataspace {
namespace {

using enum MessageType;
using BadInputTest = ConnectorFixture;

TEST_F(BadInputTest, AStolenTokenOpensNothing) {
  TestNode thief{network, "thief", network.clock};
  provider.know(thief);
  thief.know(consumer);
  consumer.know(thief);
  const auto status = [&](const std::string& authorization, const std::string& path = "/catalog/request") {
    return provider
        .call({.id = "x",
               .partner = "x",
               .url = provider.address + path,
               .authorization = authorization,
               .body = R"({"@type":"CatalogRequestMessage"})"})
        .status;
  };
  EXPECT_EQ(status(consumer.partners->authorization_for(*consumer.partners->confirmed("thief"))), 401)
      << "what a partner was shown doesn't serve it elsewhere";
  auto claimed = *consumer.partners->confirmed("provider");
  const auto genuine = consumer.partners->authorization_for(claimed);
  const auto payload =
      *from_base64url(genuine.substr(genuine.find('.') + 1, genuine.rfind('.') - genuine.find('.') - 1));
  EXPECT_EQ(status("Bearer " + sign_jws(payload, thief.partners->own().key, consumer.participant + "#key")), 401)
      << "in another's name, with one's own key";
  EXPECT_EQ(status(genuine.substr(0, genuine.rfind('.') + 1)), 401) << "without a signature";
  EXPECT_EQ(status(genuine), 200);

  const auto first = transfer(agree().id), second = transfer(agree().id);
  auto mixed = first;
  mixed.data_address->properties["authorization"] = second.data_address->properties.at("authorization");
  EXPECT_EQ(fetch(mixed).status, 401) << "a transfer's token opens that transfer only";
  EXPECT_EQ(fetch(first).status, 200);
}

TEST_F(BadInputTest, ABombOfRulesIsRefusedAndNothingIsKept) {
  const auto before = provider.connector->processes().all()->size();
  const auto request = [&](const std::string& constraint) {
    return from_consumer("/negotiations/request",
                         write_message({.type = contract_request,
                                        .consumer_pid = new_urn(),
                                        .callback_address = consumer.address,
                                        .offer = {R"({"@id":"open:press-7/oee","@type":"Offer","target":"press-7/oee",)"
                                                  R"("permission":[{"action":"use","constraint":[)" +
                                                  constraint + "]}]}"}}));
  };
  const std::string one = R"({"leftOperand":"count","operator":"lteq","rightOperand":"1"})";
  std::string wide, deep = one, open;
  for (int i = 0; i < 1200; ++i) wide += (i ? "," : "") + one;
  for (int i = 0; i < 12; ++i) deep = R"({"and":[)" + deep + "," + deep + "]}";
  for (int i = 0; i < 5000; ++i) open += R"({"and":[)";
  for (const auto& bomb : {wide, deep, open}) {
    const auto refused = request(bomb);
    EXPECT_EQ(refused.status, 400) << refused.body.substr(0, 200);
  }
  EXPECT_EQ(provider.connector->processes().all()->size(), before);
}

TEST_F(BadInputTest, EveryMessageInAWrongStateChangesNothing) {
  offer("slow", {}, Approval::person);
  dataset("slow", "slow");
  const auto begun = negotiate("slow");
  network.run();
  const auto pid = at(consumer, begun.id).peer_pid;
  const auto before = at(provider, pid);
  const auto send = [&](MessageType type, const std::string& path) {
    Message message{.type = type, .consumer_pid = begun.id, .provider_pid = pid};
    message.offer = {R"({"@id":"slow:slow","@type":"Offer","target":"slow","permission":[{"action":"use"}]})"};
    message.agreement = {R"({"@id":"urn:uuid:1","@type":"Agreement","target":"slow","assigner":"a","assignee":"b",)"
                         R"("timestamp":"2026-10-01T12:00:00Z","permission":[{"action":"use"}]})"};
    return from_consumer("/negotiations/" + pid + path, write_message(message)).status;
  };
  EXPECT_EQ(send(contract_request, "/request"), 400);
  EXPECT_EQ(send(contract_offer, "/offers"), 400) << "the consumer can't make the provider's offers";
  EXPECT_EQ(send(contract_agreement, "/agreement"), 400);
  EXPECT_EQ(send(agreement_verification, "/agreement/verification"), 400);
  EXPECT_EQ(send(event_accepted, "/events"), 400);
  EXPECT_EQ(send(event_finalized, "/events"), 400);
  EXPECT_EQ(at(provider, pid), before);
}

}  // namespace
}  // namespace hanse::dataspace
