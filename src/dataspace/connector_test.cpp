#include "dataspace/connector.hpp"

#include <fmt/format.h>

#include <condition_variable>
#include <thread>

#include "dataspace/canonical_json.hpp"
#include "dataspace/internal/connector_fixture.hpp"
#include "dataspace/internal/turn.hpp"

namespace hanse::dataspace {
namespace {

using enum MessageType;

using ConnectorTest = ConnectorFixture;

TEST_F(ConnectorTest, WhatIsToldOfAProcessIsNeverOlderThanWhatWasTold) {
  const auto begun = negotiate();
  std::mutex mutex;
  std::condition_variable moved;
  int calls = 0;
  std::vector<std::string> told;
  consumer.connector->on_change([&](const Process& process) {
    std::unique_lock lock{mutex};
    ++calls;
    moved.notify_all();
    // The first to come gives a later change every chance to be told before it.
    if (calls == 1) moved.wait_for(lock, 300ms, [&] { return !told.empty(); });
    told.push_back(process.code);
    moved.notify_all();
  });
  const auto change = [&](const std::string& code) {
    const auto done = consumer.connector->change(kBen, [&](Turn& turn) -> Result<void> {
      auto process = at(consumer, begun.id);
      process.code = code;
      return turn.save(process);
    });
    EXPECT_TRUE(done);
  };
  std::thread first{[&] { change("first"); }};
  {
    std::unique_lock lock{mutex};
    moved.wait(lock, [&] { return calls == 1; });
  }
  change("second");
  first.join();
  EXPECT_EQ(told, (std::vector<std::string>{"first", "second"}));
}

TEST_F(ConnectorTest, AnOfferIsAgreedInFourMessages) {
  const auto begun = negotiate();
  network.run();
  EXPECT_EQ(at(consumer, begun.id).state, State::finalized);
  const auto theirs = at(provider, at(consumer, begun.id).peer_pid);
  EXPECT_EQ(theirs.state, State::finalized);
  std::vector<std::string> tails;
  for (const auto& path : network.delivered) tails.push_back(path.substr(path.find_last_of('/')));
  EXPECT_EQ(std::vector(tails.begin(), tails.begin() + 4),
            (std::vector<std::string>{"/request", "/agreement", "/verification", "/events"}));
  EXPECT_EQ(provider.connector->outbox_size(), 0U);
  EXPECT_EQ(consumer.connector->outbox_size(), 0U);
}

TEST_F(ConnectorTest, BothSidesHoldTheSameAgreementWithBothSignatures) {
  const auto ours = agree();
  const auto theirs = provider.connector->agreements().get(ours.id);
  ASSERT_TRUE(theirs);
  EXPECT_EQ(*canonical_json(ours.policy.text), *canonical_json(theirs->record.policy.text));
  EXPECT_EQ(ours.side, Side::consumer);
  EXPECT_EQ(theirs->record.text, "the small print");
  EXPECT_EQ(ours.signature_theirs, theirs->record.signature_ours);
  EXPECT_EQ(ours.signature_ours, theirs->record.signature_theirs);
  const auto checked = verify_jws(ours.signature_theirs, provider.partners->own().key.public_key);
  ASSERT_TRUE(checked);
  EXPECT_EQ(*checked, *canonical_json(ours.policy.text));
}

TEST_F(ConnectorTest, TheSameMessageTwiceChangesNothing) {
  const auto begun = negotiate();
  // Twice without the sender hearing of it; each try signs who it is anew.
  for (int i = 0; i < 2; ++i) {
    auto again = network.letters.front().message;
    again.authorization = consumer.partners->authorization_for(*consumer.partners->confirmed("provider"));
    EXPECT_EQ(network.carry(again).status, i == 0 ? 201 : 200);
  }
  network.run();
  const auto negotiations =
      provider.connector->processes().list({.kind = {}, .equal = {{"kind", "negotiation"}}, .limit = 10});
  ASSERT_TRUE(negotiations);
  EXPECT_EQ(negotiations->items.size(), 1U);
  EXPECT_EQ(at(consumer, begun.id).state, State::finalized);
}

TEST_F(ConnectorTest, AMessageOutOfPlaceIsRefusedAndChangesNothing) {
  const auto begun = negotiate();
  network.run();
  const auto pid = at(consumer, begun.id).peer_pid;
  const auto refused =
      from_consumer("/negotiations/" + pid + "/agreement/verification",
                    write_message({.type = agreement_verification, .consumer_pid = begun.id, .provider_pid = pid}));
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(
      refused.body.find(
          R"("code":"INVALID_STATE","reason":["ContractAgreementVerificationMessage is not allowed in FINALIZED"])"),
      std::string::npos)
      << refused.body;
  EXPECT_EQ(at(provider, pid).state, State::finalized);
  const auto terminated =
      from_consumer("/negotiations/" + pid + "/termination/",
                    write_message({.type = negotiation_termination, .consumer_pid = begun.id, .provider_pid = pid}));
  EXPECT_EQ(terminated.status, 400);
}

TEST_F(ConnectorTest, WrongPidsAreRefused) {
  offer("slow", {}, Approval::person);
  dataset("slow", "slow");
  const auto begun = negotiate("slow");
  network.run();
  const auto pid = at(consumer, begun.id).peer_pid;
  const auto body = [&](const std::string& consumer_pid, const std::string& provider_pid) {
    return write_message({.type = negotiation_termination, .consumer_pid = consumer_pid, .provider_pid = provider_pid});
  };
  EXPECT_EQ(from_consumer("/negotiations/" + pid + "/termination", body("other", pid)).status, 400);
  EXPECT_EQ(from_consumer("/negotiations/" + pid + "/termination", body(begun.id, "other")).status, 400);
  EXPECT_EQ(from_consumer("/negotiations/nothing/termination", body(begun.id, "nothing")).status, 404);
  EXPECT_EQ(from_consumer("/transfers/" + pid + "/termination",
                          write_message({.type = transfer_termination, .consumer_pid = begun.id, .provider_pid = pid}))
                .status,
            404);
  EXPECT_EQ(at(provider, pid).state, State::requested);
  EXPECT_EQ(from_consumer("/negotiations/" + pid + "/termination", body(begun.id, pid)).status, 200);
  EXPECT_EQ(at(provider, pid).state, State::terminated);
}

TEST_F(ConnectorTest, SomebodyElsesProcessDoesNotExist) {
  TestNode stranger{network, "stranger", network.clock};
  provider.know(stranger);
  stranger.know(provider);
  const auto begun = negotiate();
  network.run();
  const auto pid = at(consumer, begun.id).peer_pid;
  const auto partner = *stranger.partners->confirmed("provider");
  const auto ask = [&](const TestNode& who) {
    return provider
        .call({.id = "x",
               .partner = "x",
               .method = "GET",
               .url = provider.address + "/negotiations/" + pid,
               .authorization = who.partners->authorization_for(partner),
               .body = {}})
        .status;
  };
  EXPECT_EQ(ask(consumer), 200);
  EXPECT_EQ(ask(stranger), 404);
}

TEST_F(ConnectorTest, WithoutATokenNobodyGetsIn) {
  const auto call = [&](const std::string& authorization) {
    return provider
        .call({.id = "x",
               .partner = "x",
               .url = provider.address + "/catalog/request",
               .authorization = authorization,
               .body = R"({"@type":"CatalogRequestMessage"})"})
        .status;
  };
  EXPECT_EQ(call(""), 401);
  EXPECT_EQ(call("Bearer nonsense"), 401);
  const auto token = consumer.partners->authorization_for(*consumer.partners->confirmed("provider"));
  EXPECT_EQ(call(token), 200);
  EXPECT_EQ(call(token), 401);  // each signed token counts once
  auto late = consumer.partners->authorization_for(*consumer.partners->confirmed("provider"));
  network.clock.advance(5min);
  EXPECT_EQ(call(late), 401);
}

TEST_F(ConnectorTest, ACallbackElsewhereIsRefused) {
  for (const auto* address :
       {"https://elsewhere.example/dsp", "http://consumer.example/dsp", "https://consumer.example@evil.example/",
        "http://169.254.169.254/latest", "file:///etc/passwd"}) {
    const auto refused = from_consumer(
        "/negotiations/request",
        write_message(
            {.type = contract_request,
             .consumer_pid = new_urn(),
             .callback_address = address,
             .offer = {
                 R"({"@id":"open:press-7/oee","@type":"Offer","target":"press-7/oee","permission":[{"action":"use"}]})"}}));
    EXPECT_EQ(refused.status, 400) << address;
    EXPECT_NE(refused.body.find("CALLBACK_REFUSED"), std::string::npos) << refused.body;
  }
}

TEST_F(ConnectorTest, OtherTermsWaitForAPerson) {
  const auto begun = consumer.connector->request_negotiation(
      kBen,
      {.partner = "provider",
       .dataset = "press-7/oee",
       .offer_id = "open:press-7/oee",
       .offer =
           {R"({"permission":[{"action":"use","constraint":[{"leftOperand":"count","operator":"lteq","rightOperand":"1000000"}]}]})"},
       .address = {}});
  network.run();
  const auto pid = at(consumer, begun->id).peer_pid;
  EXPECT_EQ(at(provider, pid).waits_for, "agree to the partner's own terms");
  ASSERT_TRUE(provider.connector->approve(kAnna, pid));
  network.run();
  EXPECT_EQ(at(consumer, begun->id).state, State::finalized);
}

TEST_F(ConnectorTest, FourEyesAreTwoPeople) {
  offer("careful", {}, Approval::four_eyes);
  dataset("design", "careful");
  const auto begun = negotiate("design");
  network.run();
  const auto pid = at(consumer, begun.id).peer_pid;
  ASSERT_TRUE(provider.connector->approve(kAnna, pid));
  EXPECT_EQ(at(provider, pid).state, State::requested);
  const auto again = provider.connector->approve(kAnna, pid);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::forbidden);
  ASSERT_TRUE(provider.connector->approve(kBen, pid));
  network.run();
  EXPECT_EQ(at(consumer, begun.id).state, State::finalized);
}

TEST_F(ConnectorTest, AnOfferCanBeChangedAndAccepted) {
  offer("slow", {}, Approval::person);
  dataset("slow", "slow");
  const auto begun = negotiate("slow");
  network.run();
  const auto pid = at(consumer, begun.id).peer_pid;
  const RawJson other_terms{
      R"({"permission":[{"action":"use","constraint":[{"leftOperand":"count","operator":"lteq","rightOperand":"7"}]}]})"};
  ASSERT_TRUE(provider.connector->act(kAnna, pid, {.message = contract_offer, .offer = other_terms}));
  network.run();
  EXPECT_EQ(at(consumer, begun.id).waits_for, "accept the partner's changed offer");
  ASSERT_TRUE(consumer.connector->approve(kBen, begun.id));
  network.run();
  EXPECT_EQ(at(consumer, begun.id).state, State::finalized);
  EXPECT_EQ(
      count_of(*read_policy(consumer.connector->agreements().get(at(consumer, begun.id).agreement)->record.policy)), 7);
}

TEST_F(ConnectorTest, ARefusalNamesItsReason) {
  auto partner = provider.partners->partners().get("consumer")->record;
  partner.frameworks = {"DataExchangeGovernance:1.0"};
  ASSERT_TRUE(provider.partners->put(kAnna, partner, {}));
  offer("until", {.until = network.clock.now() + 1h});
  dataset("short", "until");
  const auto begun = negotiate("short");
  network.clock.advance(2h);
  network.run();
  const auto ended = at(consumer, begun.id);
  EXPECT_EQ(ended.state, State::terminated);
  ASSERT_FALSE(ended.reason.empty());
}

TEST_F(ConnectorTest, AnAgreementThatWasNotOfferedIsRefused) {
  offer("slow", {}, Approval::person);
  dataset("slow", "slow");
  const auto begun = negotiate("slow");
  network.run();
  const auto pid = at(consumer, begun.id).peer_pid;
  const auto partner = *provider.partners->confirmed("consumer");
  const auto agreement = fmt::format(
      R"({{"@id":"urn:a","@type":"Agreement","target":"slow","assigner":"{}","assignee":"{}","permission":[{{"action":"use","constraint":[{{"leftOperand":"count","operator":"lteq","rightOperand":"1"}}]}}]}})",
      provider.participant, consumer.participant);
  const auto taken = consumer.call(
      {.id = "x",
       .partner = "consumer",
       .url = consumer.address + "/negotiations/" + begun.id + "/agreement",
       .authorization = provider.partners->authorization_for(partner),
       .body = write_message(
           {.type = contract_agreement, .consumer_pid = begun.id, .provider_pid = pid, .agreement = {agreement}})});
  EXPECT_EQ(taken.status, 200);
  const auto ended = at(consumer, begun.id);
  EXPECT_EQ(ended.state, State::terminated);
  EXPECT_EQ(ended.reason, std::vector<std::string>{"the rules aren't those that were last offered"});
}

TEST_F(ConnectorTest, LostMessagesAreSentAgainAndGivenUpInTheEnd) {
  network.nodes.erase(provider.origin);
  const auto begun = negotiate();
  network.run();
  EXPECT_EQ(at(consumer, begun.id).state, State::terminated);
  EXPECT_EQ(at(consumer, begun.id).code, "UNREACHABLE");
  EXPECT_EQ(consumer.connector->outbox_size(), 0U);
}

TEST_F(ConnectorTest, ASlowPartnerIsReachedWhenItComesBack) {
  network.nodes.erase(provider.origin);
  const auto begun = negotiate();
  for (int i = 0; i < 8; ++i) network.step();
  network.nodes[provider.origin] = &provider;
  network.run();
  EXPECT_EQ(at(consumer, begun.id).state, State::finalized);
}

TEST_F(ConnectorTest, SilenceEndsInATimeoutThatBothSidesKnow) {
  offer("slow", {}, Approval::person);
  dataset("slow", "slow");
  const auto begun = negotiate("slow");
  network.run();
  network.run(24h * 30);
  const auto ended = at(consumer, begun.id);
  EXPECT_EQ(ended.state, State::terminated);
  EXPECT_EQ(ended.code, "TIMEOUT");
  EXPECT_EQ(at(provider, ended.peer_pid).state, State::terminated);
}

TEST_F(ConnectorTest, ARestartTakesUpWhatWaits) {
  const auto begun = negotiate();
  consumer.restart();
  EXPECT_EQ(network.letters.size(), 1U);
  network.step();
  provider.restart();
  network.step();
  consumer.restart();
  network.run();
  EXPECT_EQ(at(consumer, begun.id).state, State::finalized);
  EXPECT_EQ(at(provider, at(consumer, begun.id).peer_pid).state, State::finalized);
}

TEST_F(ConnectorTest, PullIsMeteredAndRefusedAtItsCount) {
  offer("twice", {.masked = {"person"}, .count = 2});
  dataset("orders", "twice");
  const auto agreement = agree("orders");
  const auto running = transfer(agreement.id);
  ASSERT_EQ(running.state, State::started);
  EXPECT_EQ(fetch(running).body, R"([{"value":1},{"value":2}])");
  EXPECT_EQ(fetch(running).status, 200);
  const auto third = fetch(running);
  EXPECT_EQ(third.status, 403);
  EXPECT_NE(third.body.find("refused: 3 of 2 uses"), std::string::npos) << third.body;
  const auto meter = provider.connector->meters().get(agreement.id);
  ASSERT_TRUE(meter);
  EXPECT_EQ(meter->record.uses, 2);
  EXPECT_EQ(meter->record.refused, 1);
  // A new transfer is refused at once, with the reason.
  const auto again = transfer(agreement.id);
  EXPECT_EQ(again.state, State::terminated);
  EXPECT_EQ(again.reason, std::vector<std::string>{"3 of 2 uses"});
}

TEST_F(ConnectorTest, AggregationIsAskedOfTheSource) {
  offer("means", {.aggregate_s = 600});
  dataset("series", "means", DatasetKind::series);
  const auto running = transfer(agree("series").id);
  EXPECT_EQ(fetch(running, "?from=2026-10-01T00:00:00Z&aggregate_s=60").status, 200);
  EXPECT_EQ(provider.source.last.aggregate_s, 600);
  EXPECT_EQ(provider.source.last.from, *parse_timestamp("2026-10-01T00:00:00Z"));
  EXPECT_EQ(fetch(running, "?from=yesterday").status, 422);
}

TEST_F(ConnectorTest, AFileIsFetchedInPiecesAsOneUse) {
  offer("once", {.count = 1});
  dataset("drawing", "once", DatasetKind::file);
  const auto running = transfer(agree("drawing").id);
  provider.source.text = "0123456789";
  const auto first = fetch(running, "?length=4");
  EXPECT_EQ(first.status, 206);
  EXPECT_EQ(first.body, "0123");
  EXPECT_EQ(fetch(running, "?offset=4").body, "456789");
  EXPECT_EQ(fetch(running, "", "bytes=2-4").body, "234");
  const auto rest = fetch(running, "", "bytes=8-");
  EXPECT_EQ(rest.status, 206);
  EXPECT_EQ(rest.body, "89");
  // What isn't understood is as if it weren't there: the whole file, which would be a second use.
  for (const auto* range : {"bytes=-2", "bytes=5-2", "items=1-2", "bytes=x-"})
    EXPECT_EQ(fetch(running, "", range).status, 403) << range;
  EXPECT_EQ(fetch(running).status, 403);
}

TEST_F(ConnectorTest, TokensEndWithTimeSuspensionAndTransfer) {
  const auto agreement = agree();
  auto running = transfer(agreement.id);
  EXPECT_EQ(fetch(running).status, 200);
  network.clock.advance(11min);
  EXPECT_EQ(fetch(running).status, 401);
  const auto renewed = from_consumer("/hanse/data/" + running.peer_pid + "/token", "{}");
  ASSERT_EQ(renewed.status, 200) << renewed.body;
  running.data_address = *from_json<DataAddress>(renewed.body);
  EXPECT_EQ(fetch(running).status, 200);
  ASSERT_TRUE(consumer.connector->act(kBen, running.id, {.message = transfer_suspension}));
  network.run();
  EXPECT_EQ(fetch(running).status, 401);
  ASSERT_TRUE(provider.connector->act(kAnna, running.peer_pid, {.message = transfer_start}));
  network.run();
  EXPECT_EQ(fetch(at(consumer, running.id)).status, 200);
  ASSERT_TRUE(provider.connector->act(kAnna, running.peer_pid, {.message = transfer_completion}));
  network.run();
  EXPECT_EQ(at(consumer, running.id).state, State::completed);
  EXPECT_EQ(fetch(at(consumer, running.id)).status, 401);
}

TEST_F(ConnectorTest, RevocationStopsTheDataAtOnceAndReachesTheOther) {
  const auto agreement = agree();
  const auto running = transfer(agreement.id);
  ASSERT_TRUE(provider.connector->revoke(kAnna, agreement.id, "the project ended"));
  EXPECT_EQ(fetch(running).status, 401);
  network.run();
  const auto theirs = consumer.connector->agreements().get(agreement.id)->record;
  EXPECT_EQ(theirs.status, AgreementStatus::revoked);
  EXPECT_EQ(theirs.status_reason, "by the partner: the project ended");
  EXPECT_EQ(at(consumer, running.id).state, State::terminated);
  const auto refused = consumer.connector->request_transfer(
      kBen, {.agreement = agreement.id, .format = std::string{kPull}, .data_address = {}, .address = {}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
}

TEST_F(ConnectorTest, ATransferEndsWithItsAgreementsTime) {
  offer("for-two-hours", {.until = network.clock.now() + 2h});
  dataset("hourly", "for-two-hours");
  const auto agreement = agree("hourly");
  const auto begun = consumer.connector->request_transfer(
      kBen, {.agreement = agreement.id, .format = std::string{kPull}, .data_address = {}, .address = {}});
  ASSERT_TRUE(begun);
  network.run(30min);
  const auto running = at(consumer, begun->id);
  ASSERT_EQ(running.state, State::started);
  EXPECT_EQ(fetch(running).status, 200);
  network.run(3h);
  EXPECT_EQ(at(consumer, begun->id).state, State::terminated);
  EXPECT_EQ(at(consumer, begun->id).code, "EXPIRED");
  EXPECT_EQ(provider.connector->agreements().get(agreement.id)->record.status, AgreementStatus::ended);
  EXPECT_EQ(fetch(running).status, 401);
}

TEST_F(ConnectorTest, ForeignAgreementsAreUnknown) {
  TestNode stranger{network, "stranger", network.clock};
  provider.know(stranger);
  stranger.know(provider);
  const auto agreement = agree();
  const auto partner = *stranger.partners->confirmed("provider");
  const auto refused = provider.call({.id = "x",
                                      .partner = "x",
                                      .url = provider.address + "/transfers/request",
                                      .authorization = stranger.partners->authorization_for(partner),
                                      .body = write_message({.type = transfer_request,
                                                             .consumer_pid = new_urn(),
                                                             .callback_address = stranger.address,
                                                             .agreement_id = agreement.id,
                                                             .format = std::string{kPull}})});
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(refused.body.find("UNKNOWN_AGREEMENT"), std::string::npos);
}

TEST_F(ConnectorTest, PushSendsTheDataAndCompletes) {
  const auto agreement = agree();
  const auto running =
      transfer(agreement.id, kPush,
               DataAddress{std::string{kHttpEndpoint}, consumer.origin + "/inbox", {{"authorization", "drop"}}});
  EXPECT_EQ(running.state, State::completed);
  EXPECT_EQ(consumer.inbox, std::vector<std::string>{"Bearer drop " + provider.source.text});
  EXPECT_EQ(provider.connector->meters().get(agreement.id)->record.uses, 1);
  const auto refused = consumer.connector->request_transfer(
      kBen, {.agreement = agreement.id,
             .format = std::string{kPush},
             .data_address = DataAddress{std::string{kHttpEndpoint}, "http://169.254.169.254/", {}},
             .address = {}});
  network.run();
  EXPECT_EQ(at(consumer, refused->id).state, State::terminated);
}

TEST_F(ConnectorTest, EvidenceOfBothSidesCanBeVerifiedOffline) {
  const auto agreement = agree();
  fetch(transfer(agreement.id));
  for (const auto* node : {&provider, &consumer}) {
    const auto bundle = node->connector->evidence().bundle(node == &provider ? "consumer" : "provider",
                                                           node->participant, node->partners->own().key);
    ASSERT_TRUE(bundle);
    EXPECT_GT(bundle->entries.size(), 8U);
    const auto verdict = verify_evidence(to_json(*bundle), node->partners->own().key.public_key);
    EXPECT_TRUE(verdict.valid) << verdict.finding;
    auto changed = *bundle;
    changed.entries[3].detail += ' ';
    EXPECT_EQ(verify_evidence(to_json(changed), "").finding, "entry 4 was changed");
    auto cut = *bundle;
    cut.entries.pop_back();
    EXPECT_FALSE(verify_evidence(to_json(cut), "").valid);
    auto hole = *bundle;
    hole.entries.erase(hole.entries.begin() + 2);
    EXPECT_EQ(verify_evidence(to_json(hole), "").finding, "entry 3 is missing; the next is 4");
    EXPECT_FALSE(verify_evidence(to_json(*bundle), new_signing_key().public_key).valid);
  }
}

TEST_F(ConnectorTest, AStaticTokenAndEdcsMockServeAsWell) {
  for (const auto mode : {IdentityMode::token, IdentityMode::edc_mock}) {
    TestNetwork other;
    TestNode p{other, "provider", other.clock}, c{other, "consumer", other.clock};
    p.know(c, mode);
    c.know(p, mode);
    ASSERT_TRUE(p.catalogue->put(
        kAnna, OfferTemplate{
                   .id = "open", .name = "open", .partners = {}, .groups = {}, .terms = {}, .rules = {}, .text = {}}));
    ASSERT_TRUE(
        p.catalogue->put(kAnna, Dataset{.id = "d", .title = "d", .description = {}, .source = "d", .offer = "open"}));
    const auto begun = c.connector->request_negotiation(
        kBen, {.partner = "provider", .dataset = "d", .offer_id = "open:d", .offer = {}, .address = {}});
    ASSERT_TRUE(begun);
    other.run();
    EXPECT_EQ(c.connector->processes().get(begun->id)->record.state, State::finalized);
  }
}

}  // namespace
}  // namespace hanse::dataspace
