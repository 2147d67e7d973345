#include "dataspace/amendment.hpp"

#include "dataspace/canonical_json.hpp"
#include "dataspace/internal/test_network.hpp"
#include "dataspace/licence.hpp"
#include "dataspace/term_changes.hpp"

namespace hanse::dataspace {
namespace {

const store::Actor kClara{"user:clara"}, kDavid{"user:david"}, kEmil{"user:emil"}, kFrida{"user:frida"};

RawJson rules(const Terms& terms) { return {'{' + write_rules(terms) + '}'}; }

class AmendmentTest : public ::testing::Test {
 protected:
  AmendmentTest() {
    provider.know(consumer);
    consumer.know(provider);
    agreement = agree({.until = network.clock.now() + 24h * 30, .count = 2});
  }
  std::string agree(const Terms& terms) {
    const auto id = "terms" + std::to_string(++count_);
    EXPECT_TRUE(provider.catalogue->put(
        kClara,
        OfferTemplate{.id = id, .name = id, .partners = {}, .groups = {}, .terms = terms, .rules = {}, .text = "v1"}));
    EXPECT_TRUE(provider.catalogue->put(
        kClara,
        Dataset{.id = id, .title = id, .description = {}, .kind = DatasetKind::records, .source = id, .offer = id}));
    const auto seen = provider.catalogue->visible(*provider.partners->confirmed("consumer"), id);
    const auto begun = consumer.connector->request_negotiation(
        kEmil,
        {.partner = "provider", .dataset = id, .offer_id = seen->offer_id, .offer = seen->offer_json, .address = {}});
    network.run(1min);
    return consumer.connector->processes().get(begun->id)->record.agreement;
  }
  AmendmentBook book(TestNode& node) { return AmendmentBook{*node.connector}; }
  Agreement held(TestNode& node, const std::string& id) { return node.connector->agreements().get(id)->record; }
  Amendment at(TestNode& node, const std::string& id) { return book(node).amendments().get(id)->record; }
  /// Drafted by one and signed by another person of the node.
  std::string propose(TestNode& node, const Terms& terms, std::optional<std::string> text = {}) {
    const auto draft = book(node).draft(
        kClara, {.agreement = agreement, .rules = rules(terms), .reason = "more is needed", .text = std::move(text)});
    EXPECT_TRUE(draft) << to_string(draft.error());
    const auto signed_one = book(node).approve(kDavid, draft->id);
    EXPECT_TRUE(signed_one) << to_string(signed_one.error());
    return draft->id;
  }
  void accept(TestNode& node, const std::string& id) {
    ASSERT_TRUE(book(node).approve(kEmil, id));
    const auto second = book(node).approve(kFrida, id);
    ASSERT_TRUE(second) << to_string(second.error());
  }
  Process transfer(const std::string& under) {
    const auto begun = consumer.connector->request_transfer(
        kEmil, {.agreement = under, .format = std::string{kPull}, .data_address = {}, .address = {}});
    EXPECT_TRUE(begun) << to_string(begun.error());
    network.run(1min);
    return consumer.connector->processes().get(begun->id)->record;
  }
  int fetch(const Process& process) {
    const auto& address = *process.data_address;
    return provider
        .call({.id = "x",
               .partner = "provider",
               .method = "GET",
               .url = address.endpoint,
               .authorization = "Bearer " + address.properties.at("authorization"),
               .body = {}})
        .status;
  }

  TestNetwork network;
  TestNode provider{network, "provider", network.clock};
  TestNode consumer{network, "consumer", network.clock};
  std::string agreement;

 private:
  int count_ = 0;
};

TEST_F(AmendmentTest, FourPeopleMakeANewVersionThatBothHoldSigned) {
  const auto draft = book(consumer).draft(
      kEmil, {.agreement = agreement, .rules = rules({.count = 5}), .reason = "two more shifts", .text = "v2"});
  ASSERT_TRUE(draft) << to_string(draft.error());
  EXPECT_FALSE(book(consumer).approve(kEmil, draft->id)) << "the same person twice";
  network.run(1min);
  EXPECT_FALSE(*book(provider).amendments().find(draft->id)) << "a draft stays here";
  ASSERT_TRUE(book(consumer).approve(kFrida, draft->id));
  network.run(1min);
  ASSERT_EQ(at(provider, draft->id).status, AmendmentStatus::received);
  EXPECT_EQ(to_json(at(provider, draft->id).document), to_json(draft->document));
  ASSERT_TRUE(book(provider).approve(kClara, draft->id));
  EXPECT_EQ(held(provider, agreement).status, AgreementStatus::in_force) << "one yes isn't enough";
  EXPECT_FALSE(book(provider).approve(kClara, draft->id));
  ASSERT_TRUE(book(provider).approve(kDavid, draft->id));
  network.run(1min);
  for (auto* node : {&provider, &consumer}) {
    const auto before = held(*node, agreement), now = held(*node, draft->id);
    EXPECT_EQ(before.status, AgreementStatus::superseded);
    EXPECT_EQ(before.replaced_by, now.id);
    EXPECT_EQ(now.status, AgreementStatus::in_force);
    EXPECT_EQ(now.version, 2);
    EXPECT_EQ(now.replaces, agreement);
    EXPECT_EQ(now.text, "v2");
    EXPECT_FALSE(now.until);
    const auto& other = node == &provider ? consumer : provider;
    const auto signed_text = amendment_text(draft->document);
    EXPECT_EQ(*verify_jws(now.signature_ours, node->partners->own().key.public_key), *signed_text);
    EXPECT_EQ(*verify_jws(now.signature_theirs, other.partners->own().key.public_key), *signed_text);
    const auto versions = book(*node).versions(agreement);
    ASSERT_TRUE(versions);
    ASSERT_EQ(versions->size(), 2U);
    EXPECT_EQ(versions->back().id, now.id);
    const auto proof = node->connector->evidence().list("", now.id, {}, 10);
    ASSERT_EQ(proof->items.size(), 2U);
    EXPECT_EQ(proof->items[0].record.kind, EvidenceKind::signed_by);
    EXPECT_EQ(proof->items[1].record.detail, *signed_text);
  }
  EXPECT_EQ(held(provider, draft->id).agreed_at, held(consumer, draft->id).agreed_at);
}

TEST_F(AmendmentTest, UsesAreCarriedOverAndRunningTransfersEndWithTheReason) {
  const auto before = transfer(agreement);
  EXPECT_EQ(fetch(before), 200);
  EXPECT_EQ(fetch(before), 200);
  EXPECT_EQ(fetch(before), 403);
  const auto next = propose(provider, {.count = 3});
  network.run(1min);
  accept(consumer, next);
  network.run(1min);
  const auto ended = consumer.connector->processes().get(before.id)->record;
  EXPECT_EQ(ended.state, State::terminated);
  EXPECT_EQ(ended.code, "SUPERSEDED");
  EXPECT_EQ(fetch(before), 401);
  EXPECT_FALSE(consumer.connector->request_transfer(
      kEmil, {.agreement = agreement, .format = std::string{kPull}, .data_address = {}, .address = {}}));
  const auto after = transfer(next);
  EXPECT_EQ(fetch(after), 200);
  EXPECT_EQ(fetch(after), 403) << "an amendment to 3 uses isn't 3 more";
}

TEST_F(AmendmentTest, TwoProposalsThatCrossCanNotBothComeIntoForce) {
  const auto ours = propose(provider, {.count = 3});
  const auto theirs = propose(consumer, {.count = 4});
  network.run(1min);
  ASSERT_TRUE(book(provider).approve(kEmil, theirs));
  const auto refused = book(provider).approve(kFrida, theirs);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  ASSERT_TRUE(book(consumer).decline(kEmil, ours, "four are needed"));
  network.run(1min);
  EXPECT_EQ(at(provider, ours).status, AmendmentStatus::declined);
  EXPECT_EQ(at(provider, ours).status_reason, "by the partner: four are needed");
  ASSERT_TRUE(book(provider).approve(kFrida, theirs));
  network.run(1min);
  EXPECT_EQ(held(consumer, theirs).status, AgreementStatus::in_force);
}

TEST_F(AmendmentTest, ASignedProposalBindsUntilItLapses) {
  const auto id = propose(provider, {.count = 3});
  EXPECT_FALSE(book(provider).decline(kClara, id, "a slip of the pen"));
  network.run(1min);
  network.clock.set(network.clock.now() + 24h * 16);
  const auto late = book(consumer).approve(kEmil, id);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::conflict);
  EXPECT_TRUE(propose(provider, {.count = 4}) != id);
  network.run(1min);
  const auto all = book(consumer).amendments().all();
  EXPECT_EQ(all->size(), 2U) << "a lapsed one doesn't stand in the way";
}

TEST_F(AmendmentTest, AnAgreementEndsWithItsTimeAndCanBeRenewed) {
  network.run(24h * 31);
  for (auto* node : {&provider, &consumer}) EXPECT_EQ(held(*node, agreement).status, AgreementStatus::ended);
  const auto until = network.clock.now() + 24h * 400;
  const auto id = propose(consumer, {.until = until, .count = 2});
  network.run(1min);
  accept(provider, id);
  network.run(1min);
  for (auto* node : {&provider, &consumer}) {
    EXPECT_EQ(held(*node, id).status, AgreementStatus::in_force);
    EXPECT_EQ(held(*node, id).until, until);
  }
  EXPECT_EQ(fetch(transfer(id)), 200);
  network.run(24h * 401);
  EXPECT_EQ(held(consumer, id).status, AgreementStatus::ended);
}

TEST_F(AmendmentTest, TheTimeIsKeptAcrossARestart) {
  consumer.restart();
  network.run(24h * 31);
  EXPECT_EQ(held(consumer, agreement).status, AgreementStatus::ended);
}

TEST_F(AmendmentTest, ARevocationEndsWhateverVersionTheOtherHolds) {
  const auto id = propose(provider, {.count = 3});
  network.run(1min);
  accept(consumer, id);
  ASSERT_TRUE(provider.connector->revoke(kClara, agreement, "it is over"));  // before the answer has come
  network.run(1min);
  EXPECT_EQ(held(consumer, id).status, AgreementStatus::revoked);
  EXPECT_EQ(held(provider, agreement).status, AgreementStatus::revoked);
  EXPECT_FALSE(*provider.connector->agreements().find(id));
  EXPECT_FALSE(book(provider).draft(kClara, {.agreement = agreement, .rules = rules({.count = 9})}));
}

TEST_F(AmendmentTest, WhatCanNotBeTheirsIsRefused) {
  const auto draft = book(consumer).draft(kEmil, {.agreement = agreement, .rules = rules({.count = 5})});
  ASSERT_TRUE(draft);
  const auto& key = consumer.partners->own().key;
  const auto sent = [&](AmendmentDocument document, const SigningKey& with, const std::string& more = {}) {
    const auto text = *amendment_text(document);
    const auto body = text.substr(0, text.size() - 1) + more + '}';
    return provider.call(
        {.id = "x",
         .partner = "provider",
         .url = provider.address + "/hanse/agreements/" + encode_segment(agreement) + "/amendments",
         .authorization = consumer.partners->authorization_for(*consumer.partners->confirmed("provider")),
         .body = R"({"proposal":")" + sign_jws(body, with, "k") + R"("})"});
  };
  const auto changed = [&](const std::string& from, const std::string& to) {
    auto document = draft->document;
    auto& text = document.agreement.text;
    const auto place = text.find(from);
    EXPECT_NE(place, std::string::npos) << from;
    text.replace(place, from.size(), to);
    return document;
  };
  EXPECT_EQ(sent(draft->document, new_signing_key()).status, 403) << "another key";
  EXPECT_EQ(sent(draft->document, key, R"(,"z":1)").status, 422) << "more than is shown";
  EXPECT_EQ(sent(changed("terms1", "terms2"), key).status, 422) << "another thing";
  EXPECT_EQ(sent(changed(consumer.participant, "did:web:other"), key).status, 422) << "another party";
  EXPECT_EQ(sent(changed("permission", "remission"), key).status, 422) << "no rules";
  EXPECT_EQ(sent(changed(draft->id, agreement), key).status, 409) << "an id that is taken";
  auto late = draft->document;
  late.valid_until = network.clock.now() - 1s;
  EXPECT_EQ(sent(late, key).status, 422) << "lapsed";
  EXPECT_TRUE(book(provider).amendments().all()->empty());
  EXPECT_EQ(sent(draft->document, key).status, 200);
  EXPECT_EQ(sent(draft->document, key).status, 200) << "the same again";
  EXPECT_EQ(book(provider).amendments().all()->size(), 1U);
}

TEST_F(AmendmentTest, AnAnswerToSomethingElseIsRefused) {
  const auto id = propose(provider, {.count = 3});
  network.letters.clear();
  const auto answered = [&](const std::string& answer, const SigningKey& with) {
    return provider.call(
        {.id = "x",
         .partner = "provider",
         .url = provider.address + "/hanse/amendments/" + encode_segment(id) + "/answer",
         .authorization = consumer.partners->authorization_for(*consumer.partners->confirmed("provider")),
         .body = R"({"answer":")" + sign_jws(answer, with, "k") + R"("})"});
  };
  const auto& key = consumer.partners->own().key;
  const auto yes = [&](const std::string& about, const std::string& over, Timestamp time) {
    return R"({"amendment":")" + about + R"(","answer":"accepted","reason":"","signature":")" +
           sign_jws(over, key, "k") + R"(","time":")" + to_string(time) + R"("})";
  };
  const auto text = *amendment_text(at(provider, id).document);
  const auto now = network.clock.now();
  EXPECT_EQ(answered(yes(id, text, now), new_signing_key()).status, 403);
  EXPECT_EQ(answered(yes("urn:uuid:other", text, now), key).status, 403);
  EXPECT_EQ(answered(yes(id, text + ' ', now), key).status, 403);
  EXPECT_EQ(answered(yes(id, text, now + 24h * 15), key).status, 409);
  EXPECT_EQ(at(provider, id).status, AmendmentStatus::proposed);
  EXPECT_EQ(answered(yes(id, text, now), key).status, 200);
  EXPECT_EQ(held(provider, id).status, AgreementStatus::in_force);
}

TEST_F(AmendmentTest, APartOfAnEarlierVersionIsNotCountedAgain) {
  ASSERT_TRUE(provider.catalogue->put(kClara, Dataset{.id = "design",
                                                      .title = "d",
                                                      .description = {},
                                                      .kind = DatasetKind::design,
                                                      .source = "d",
                                                      .offer = "terms1"}));
  LicenceBook licences{*provider.connector};
  const auto partner = *provider.partners->confirmed("consumer");
  ASSERT_TRUE(licences.use(partner, {.agreement = agreement, .machine = "m", .serial = "1"}));
  const auto id = propose(provider, {.count = 3});
  network.run(1min);
  accept(consumer, id);
  network.run(1min);
  const auto again = licences.use(partner, {.agreement = id, .machine = "m", .serial = "1"});
  ASSERT_TRUE(again) << to_string(again.error());
  EXPECT_EQ(again->number, 1);
  EXPECT_EQ(again->left, 2);
  EXPECT_EQ(licences.use(partner, {.agreement = id, .machine = "m", .serial = "2"})->number, 2);
}

TEST_F(AmendmentTest, ANoticeReachesAPartnerThatWasAwayForDays) {
  network.nodes.erase(consumer.origin);
  ASSERT_TRUE(provider.connector->revoke(kClara, agreement, "it is over"));
  const auto until = network.clock.now() + 24h * 3;
  while (network.clock.now() < until && network.step(24h)) {
  }
  EXPECT_EQ(held(consumer, agreement).status, AgreementStatus::in_force);
  network.nodes[consumer.origin] = &consumer;
  network.run(2h);
  EXPECT_EQ(held(consumer, agreement).status, AgreementStatus::revoked);
}

TEST(TermChanges, SayWhatOneHasToReadAnew) {
  const auto words = [](const Terms& terms) { return plain_rules(*read_policy(rules(terms))); };
  EXPECT_TRUE(term_changes(words({.count = 2}), words({.count = 2})).empty());
  const auto changes = term_changes(words({.purposes = {"quality"}, .count = 2}),
                                    words({.regions = {"eu"}, .count = 3, .no_sharing = true}));
  ASSERT_EQ(changes.size(), 4U);
  EXPECT_EQ(changes[0].before->kind, ClauseKind::purpose);
  EXPECT_FALSE(changes[0].after);
  EXPECT_EQ(changes[1].before->values, std::vector<std::string>{"2"});
  EXPECT_EQ(changes[1].after->values, std::vector<std::string>{"3"});
  EXPECT_EQ(changes[2].after->kind, ClauseKind::region);
  EXPECT_EQ(changes[3].kind, RuleKind::must_not);
  EXPECT_TRUE(changes[3].added);
  EXPECT_FALSE(changes[3].before || changes[3].after);
}

}  // namespace
}  // namespace hanse::dataspace
