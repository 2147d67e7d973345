#include "dataspace/received.hpp"

#include "dataspace/internal/fetch.hpp"
#include "dataspace/internal/test_network.hpp"

namespace hanse::dataspace {
namespace {

using enum MessageType;

const store::Actor kGrete{"user:grete"};

class ReceivedTest : public ::testing::Test {
 protected:
  ReceivedTest() {
    provider.know(consumer);
    consumer.know(provider);
  }
  std::string agree(DatasetKind kind, const Terms& terms = {}) {
    EXPECT_TRUE(provider.catalogue->put(
        kGrete,
        OfferTemplate{.id = "o", .name = "o", .partners = {}, .groups = {}, .terms = terms, .rules = {}, .text = {}}));
    EXPECT_TRUE(provider.catalogue->put(
        kGrete, Dataset{.id = "d", .title = "d", .description = {}, .kind = kind, .source = "d", .offer = "o"}));
    const auto seen = provider.catalogue->visible(*provider.partners->confirmed("consumer"), "d");
    const auto begun = consumer.connector->request_negotiation(
        kGrete,
        {.partner = "provider", .dataset = "d", .offer_id = seen->offer_id, .offer = seen->offer_json, .address = {}});
    network.run();
    return consumer.connector->processes().get(begun->id)->record.agreement;
  }
  Process begin(const std::string& agreement, std::string_view format) {
    const auto begun = consumer.connector->request_transfer(
        kGrete, {.agreement = agreement, .format = std::string{format}, .data_address = {}, .address = {}});
    EXPECT_TRUE(begun) << to_string(begun.error());
    return *begun;
  }
  Process at_consumer(const std::string& pid) { return consumer.connector->processes().get(pid)->record; }
  ReceivedBook book() { return {*consumer.store, network.clock, consumer.received}; }
  std::vector<Received> kept(const std::string& agreement) {
    std::vector<Received> out;
    auto page = book().list(agreement, {}, 100);
    for (auto& stored : page->items) out.push_back(std::move(stored.record));
    return out;
  }
  Meter meter(TestNode& node, const std::string& agreement) {
    const auto found = node.connector->meters().find(agreement);
    return found && *found ? (*found)->record : Meter{};
  }
  /// A push that runs, before any of its data came.
  Process running_push(const std::string& agreement) {
    provider.source.piece_max = 4;
    const auto process = begin(agreement, kPush);
    for (int i = 0; i < 100 && at_consumer(process.id).state != State::started; ++i) network.step();
    network.letters.clear();
    return at_consumer(process.id);
  }
  int send(const Process& push, const std::string& token, const std::string& query, const std::string& body) {
    return consumer
        .call({.id = "x",
               .partner = "x",
               .url = push.data_address->endpoint + query,
               .authorization = "Bearer " + token,
               .body = body})
        .status;
  }
  Result<api::Response> fetch(const Process& process, std::int64_t offset = 0, std::int64_t length = 0) {
    const Ask ask = [this](Outbound message) { return network.carry(message); };
    return fetch_data(*consumer.connector, ask,
                      {.id = process.id, .from = {}, .until = {}, .offset = offset, .length = length});
  }

  TestNetwork network;
  TestNode provider{network, "provider", network.clock};
  TestNode consumer{network, "consumer", network.clock};
};

TEST_F(ReceivedTest, APushArrivesAtTheInletAndIsKept) {
  const auto agreement = agree(DatasetKind::records);
  const auto push = begin(agreement, kPush);
  network.run();
  EXPECT_EQ(at_consumer(push.id).state, State::completed);
  const auto all = kept(agreement);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_TRUE(all[0].pushed);
  EXPECT_EQ(all[0].transfer, push.id);
  EXPECT_EQ(*book().read(all[0], 0, 1000), provider.source.text);
  EXPECT_EQ(meter(consumer, agreement).uses, 1);
  EXPECT_EQ(meter(consumer, agreement).bytes, std::ssize(provider.source.text));
  const auto said = consumer.connector->evidence().list("", agreement, {}, 10);
  EXPECT_TRUE(std::ranges::any_of(said->items, [](const auto& each) { return each.record.kind == EvidenceKind::use; }));
}

TEST_F(ReceivedTest, ALargePushComesInPiecesAsOneUse) {
  const auto agreement = agree(DatasetKind::file, {.count = 1});
  provider.source.text = "0123456789";
  provider.source.piece_max = 4;
  const auto push = begin(agreement, kPush);
  network.run();
  EXPECT_EQ(at_consumer(push.id).state, State::completed) << at_consumer(push.id).code;
  const auto all = kept(agreement);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(*book().read(all[0], 0, 1000), "0123456789");
  EXPECT_EQ(all[0].total, 10);
  EXPECT_EQ(meter(provider, agreement).uses, 1);
  EXPECT_EQ(meter(consumer, agreement).uses, 1);
  EXPECT_EQ(meter(consumer, agreement).bytes, 10);
}

TEST_F(ReceivedTest, TheInletTakesTheTransfersTokenOnlyAndOnlyWhileItRuns) {
  const auto agreement = agree(DatasetKind::file);
  provider.source.text = "0123456789";
  const auto push = running_push(agreement);
  ASSERT_EQ(push.state, State::started);
  const auto token = push.data_address->properties.at("authorization");
  EXPECT_EQ(send(push, "wrong", "?offset=0&total=10", "0123"), 401);
  EXPECT_EQ(send(push, "", "?offset=0&total=10", "0123"), 401);
  const auto other = running_push(agreement);
  EXPECT_EQ(send(other, token, "?offset=0&total=10", "0123"), 401) << "another transfer's token";
  EXPECT_TRUE(kept(agreement).empty());
  EXPECT_EQ(send(push, token, "?offset=0&total=10", "0123"), 204);
  EXPECT_EQ(send(push, token, "?offset=0&total=10", "0123"), 204) << "again, as the answer was lost";
  EXPECT_EQ(meter(consumer, agreement).uses, 1);
  EXPECT_EQ(meter(consumer, agreement).bytes, 4);
  EXPECT_EQ(send(push, token, "?offset=6&total=10", "67"), 409) << "a hole";
  EXPECT_EQ(send(push, token, "?offset=4&total=11", "4567"), 409) << "another whole";
  EXPECT_EQ(send(push, token, "?offset=4&total=7", "45678"), 400) << "beyond the end";
  EXPECT_EQ(send(push, token, "?offset=-4&total=10", "4567"), 400);
  EXPECT_EQ(send(push, token, "?offset=four&total=10", "4567"), 422);
  EXPECT_EQ(send(push, token, "?offset=0&total=99999999999", "0123"), 413);
  EXPECT_EQ(kept(agreement).size(), 1U);
  EXPECT_EQ(kept(agreement)[0].bytes, 4);
  EXPECT_EQ(send(push, token, "?offset=4&total=10", "456789"), 204);
  EXPECT_EQ(send(push, token, "?offset=0&total=3", "abc"), 204) << "the whole again, which became shorter";
  EXPECT_EQ(kept(agreement)[0].bytes, 3);
  EXPECT_EQ(*book().read(kept(agreement)[0], 0, 1000), "abc");
  ASSERT_TRUE(consumer.connector->revoke(kGrete, agreement, "it is over"));
  EXPECT_EQ(send(push, token, "?offset=0&total=10", "0123"), 401);
}

TEST_F(ReceivedTest, WithoutAListenerNobodyIsAskedToSend) {
  ConnectorSettings unreachable;
  unreachable.reachable = false;
  TestNode hidden{network, "hidden", network.clock, unreachable};
  const auto agreement = agree(DatasetKind::records);
  hidden.know(provider);
  auto copy = consumer.connector->agreements().get(agreement)->record;
  ASSERT_TRUE(hidden.connector->agreements().put(kGrete, copy));
  const auto refused = hidden.connector->request_transfer(
      kGrete, {.agreement = agreement, .format = std::string{kPush}, .data_address = {}, .address = {}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
}

TEST_F(ReceivedTest, WhatIsFetchedInPiecesIsKeptAsOneWhole) {
  const auto agreement = agree(DatasetKind::file, {.count = 1});
  provider.source.text = "0123456789";
  const auto pull = begin(agreement, kPull);
  network.run();
  const auto running = at_consumer(pull.id);
  const auto first = fetch(running, 0, 4);
  ASSERT_TRUE(first) << to_string(first.error());
  EXPECT_EQ(first->status, 206);
  EXPECT_EQ(first->body, "0123");
  EXPECT_TRUE(std::ranges::find(first->headers, std::pair<std::string, std::string>{"Content-Range", "bytes 0-3/10"}) !=
              first->headers.end());
  ASSERT_EQ(kept(agreement).size(), 1U);
  EXPECT_EQ(kept(agreement)[0].bytes, 4);
  ASSERT_TRUE(fetch(running, 4, 4));
  ASSERT_TRUE(fetch(running, 4, 4)) << "a lost piece again";
  ASSERT_TRUE(fetch(running, 8, 4));
  const auto all = kept(agreement);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].bytes, 10);
  EXPECT_EQ(*book().read(all[0], 0, 1000), "0123456789");
  EXPECT_EQ(*book().read(all[0], 8, 1000), "89");
  EXPECT_FALSE(book().read(all[0], 11, 1));
  EXPECT_EQ(meter(provider, agreement).uses, 1);
  EXPECT_EQ(meter(consumer, agreement).uses, 1);
}

TEST_F(ReceivedTest, PiecesAreNoWayAroundTheCount) {
  const auto agreement = agree(DatasetKind::file, {.count = 1});
  provider.source.text = "0123456789";
  const auto pull = begin(agreement, kPull);
  network.run();
  const auto running = at_consumer(pull.id);
  ASSERT_TRUE(fetch(running));
  ASSERT_TRUE(fetch(running, 1)) << "the rest may have been lost";
  EXPECT_FALSE(fetch(running, 1)) << "but not for ever";
  EXPECT_EQ(meter(provider, agreement).refused, 1);
}

TEST_F(ReceivedTest, AnOffsetIntoARecordIsAUseLikeAnyOther) {
  const auto agreement = agree(DatasetKind::records, {.count = 2});
  const auto pull = begin(agreement, kPull);
  network.run();
  const auto running = at_consumer(pull.id);
  EXPECT_TRUE(fetch(running));
  EXPECT_TRUE(fetch(running, 5));
  EXPECT_FALSE(fetch(running, 5));
  EXPECT_EQ(meter(provider, agreement).uses, 2);
}

TEST_F(ReceivedTest, OnlyTheLastAreKept) {
  const auto agreement = agree(DatasetKind::records);
  const auto pull = begin(agreement, kPull);
  network.run();
  const auto running = at_consumer(pull.id);
  for (int i = 0; i < ReceivedBook::kKeptMax + 2; ++i) {
    network.clock.advance(1s);
    ASSERT_TRUE(fetch(running));
  }
  EXPECT_EQ(std::ssize(kept(agreement)), ReceivedBook::kKeptMax);
  EXPECT_EQ(std::ssize(consumer.received.texts), ReceivedBook::kKeptMax);
  ASSERT_TRUE(book().remove(kGrete, kept(agreement)[0].id));
  EXPECT_EQ(std::ssize(consumer.received.texts), ReceivedBook::kKeptMax - 1);
}

TEST(ContentRange, IsReadOrLeftAlone) {
  EXPECT_EQ(read_content_range("bytes 4-7/10"), (std::pair<std::int64_t, std::int64_t>{4, 10}));
  for (const auto* text : {"", "bytes", "bytes */10", "bytes 4-7/*", "bytes -4-7/10", "items 4-7/10", "bytes 11-12/10",
                           "bytes 4-7", "bytes 99999999999999999999-1/5"})
    EXPECT_FALSE(read_content_range(text)) << text;
}

}  // namespace
}  // namespace hanse::dataspace
