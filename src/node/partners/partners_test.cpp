#include "node/partners/partners.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <condition_variable>
#include <filesystem>
#include <thread>

#include "dataspace/canonical_json.hpp"
#include "historian/engine.hpp"
#include "node/partners/shared_data.hpp"
#include "store/chunk_store.hpp"
#include "twin/codec/json_codec.hpp"

namespace hanse::node {
namespace {

using dataspace::State;
const store::Actor kAnna{"user:anna"};

/// One text for all, until there is something real to read from.
class OneText final : public dataspace::DataSource {
 public:
  Result<dataspace::DataPiece> read(const dataspace::Dataset& dataset, const dataspace::DataWindow& window) override {
    if (real) return real->read(dataset, window);
    return dataspace::DataPiece{.content_type = "application/json", .body = R"([1,2,3])"};
  }
  dataspace::DataSource* real = nullptr;
};

/// What a node shares of a plant without machines and of twins that people wrote.
class SharedTwins {
 public:
  SharedTwins() : folder_(std::filesystem::temp_directory_path() / ("hanse-shared-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder_);
    history_ =
        historian::open_historian(
            {.chunks = *chunks_, .clock = clock_, .log = log_, .folder = folder_.string(), .background = false}, {})
            .value();
    twins = std::make_unique<twin::Twins>(
        *store_, clock_,
        std::make_shared<twin::PlantTwins>(
            twin::PlantTwinParts{.plant = *plant_, .directory = directory_, .history = *history_}, "urn:t"),
        10);
  }
  ~SharedTwins() {
    twins.reset();
    history_.reset();
    std::filesystem::remove_all(folder_);
  }
  SharedData data() {
    return SharedData{{.history = *history_,
                       .directory = directory_,
                       .plant = *plant_,
                       .twins = twins,
                       .clock = clock_,
                       .folder = folder_.string()}};
  }
  std::unique_ptr<twin::Twins> twins;

 private:
  std::filesystem::path folder_;
  SystemClock clock_;
  Log log_{clock_, LogLevel::error, LogFormat::text};
  std::unique_ptr<store::Store> store_ = store::open_store("sqlite::memory:", clock_).value();
  std::unique_ptr<store::ChunkStore> chunks_ = store::open_chunk_store("sqlite::memory:").value();
  signal::Directory directory_;
  std::unique_ptr<plant::Plant> plant_ = plant::Plant::open(*store_, clock_, directory_).value();
  std::unique_ptr<historian::Engine> history_;
};

/// A node's dataspace with all that is real: store on disk, listener, courier, threads.
class Company {
 public:
  explicit Company(const std::string& name)
      : folder_(std::filesystem::temp_directory_path() / ("hanse-partners-" + name + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder_);
    open();
  }
  ~Company() {
    close();
    std::filesystem::remove_all(folder_);
  }
  void open() {
    auto opened = store::open_store("sqlite:" + (folder_ / "store.db").string(), clock_);
    ASSERT_TRUE(opened) << to_string(opened.error());
    store_ = *std::move(opened);
    io_ = std::make_unique<boost::asio::io_context>(1);
    work_.emplace(io_->get_executor());
    pool_ = std::make_unique<WorkPool>(4, 10'000);
    auto made = Partners::open(
        {.store = *store_,
         .clock = clock_,
         .log = log_,
         .pool = *pool_,
         .source = source_,
         .key_file = (folder_ / "key").string()},
        {.enabled = true, .port = port_, .participant = "did:web:" + folder_.filename().string()}, io_->get_executor());
    ASSERT_TRUE(made) << to_string(made.error());
    partners = *std::move(made);
    partners->connector().on_change([this](const dataspace::Process& process) {
      const std::lock_guard lock{mutex_};
      states_[process.id] = process.state;
      changed_.notify_all();
    });
    thread_ = std::jthread{[this] { io_->run(); }};
    const auto started = partners->start();
    ASSERT_TRUE(started) << to_string(started.error());
    address = *started;
    port_ = std::stoi(address.substr(address.find(':', 6) + 1));
  }
  void close() {
    partners->stop();
    work_.reset();
    io_->stop();
    thread_.join();
    pool_.reset();
    partners.reset();
    io_.reset();
    store_.reset();
  }
  void know(const Company& other, const std::string& id) {
    const auto& own = other.partners->connector().parts().partners.own();
    const auto put = partners->connector().parts().partners.put(kAnna,
                                                                {.id = id,
                                                                 .name = id,
                                                                 .participant = own.participant,
                                                                 .address = other.address,
                                                                 .callback_origins = {},
                                                                 .trust = dataspace::Trust::confirmed,
                                                                 .identity = dataspace::IdentityMode::signed_key,
                                                                 .public_key = own.key.public_key},
                                                                0);
    ASSERT_TRUE(put) << to_string(put.error());
  }
  bool comes_to(const std::string& pid, State state) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, 20s, [&] { return states_.contains(pid) && states_[pid] == state; });
  }
  /// As the page asks: through the node's routes for people.
  Result<api::Response> ask(api::Method method, const std::string& path, const std::string& body = {}) {
    const api::Router router{partners->routes()};
    const auto match = router.find(method, "/api/v1/dataspace" + path);
    if (!match || !match->route) return fail(ErrorCode::not_found, path);
    return match->route->handle({.parameters = match->parameters,
                                 .body = body,
                                 .content_type = "application/json",
                                 .if_match = {},
                                 .caller = {.id = "user:anna", .name = {}, .permissions = {}, .sites = {}},
                                 .facts = {}});
  }
  /// For a message when a wait was in vain: the process, what waits to go out, and what both sides said.
  std::string told(const std::string& pid) {
    std::string out = to_json(process(pid));
    const auto waits = partners->connector().outbox().all();
    for (const auto& waiting : *waits) out += '\n' + to_json(waiting.record);
    return out;
  }
  dataspace::Process process(const std::string& pid) { return partners->connector().processes().get(pid)->record; }

  void share(dataspace::DataSource& real) { source_.real = &real; }

  std::unique_ptr<Partners> partners;
  std::string address;

 private:
  std::filesystem::path folder_;
  SystemClock clock_;
  Log log_{clock_, LogLevel::error, LogFormat::text};
  OneText source_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<boost::asio::io_context> io_;
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> work_;
  std::unique_ptr<WorkPool> pool_;
  std::jthread thread_;
  std::int64_t port_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, State> states_;
};

class PartnersTest : public ::testing::Test {
 protected:
  PartnersTest() {
    provider.know(consumer, "consumer");
    consumer.know(provider, "provider");
    auto& catalogue = provider.partners->connector().parts().catalogue;
    EXPECT_TRUE(catalogue.put(
        kAnna, dataspace::OfferTemplate{
                   .id = "open", .name = "Open", .partners = {}, .groups = {}, .terms = {}, .rules = {}, .text = {}}));
    EXPECT_TRUE(catalogue.put(
        kAnna, dataspace::Dataset{.id = "oee", .title = "OEE", .description = {}, .source = "1", .offer = "open"}));
  }
  dataspace::Process begin() {
    const auto begun = consumer.partners->connector().request_negotiation(
        kAnna, {.partner = "provider", .dataset = "oee", .offer_id = "open:oee", .offer = {}, .address = {}});
    EXPECT_TRUE(begun);
    return *begun;
  }
  Company provider{"provider"}, consumer{"consumer"};
};

TEST_F(PartnersTest, TwoNodesAgreeAndDataFlowOverHttp) {
  const auto negotiation = begin();
  ASSERT_TRUE(consumer.comes_to(negotiation.id, State::finalized));
  const auto agreement = consumer.process(negotiation.id).agreement;
  const auto transfer = consumer.partners->connector().request_transfer(
      kAnna, {.agreement = agreement, .format = std::string{dataspace::kPull}, .data_address = {}, .address = {}});
  ASSERT_TRUE(transfer) << to_string(transfer.error());
  ASSERT_TRUE(consumer.comes_to(transfer->id, State::started));
  // As the page fetches it: through the route, by the consumer's own node.
  const api::Router router{consumer.partners->routes()};
  const auto match = router.find(api::Method::get, "/api/v1/dataspace/processes/" + transfer->id + "/data");
  ASSERT_TRUE(match && match->route);
  const auto answer = match->route->handle(
      {.parameters = match->parameters, .body = {}, .content_type = {}, .if_match = {}, .caller = {}, .facts = {}});
  ASSERT_TRUE(answer) << to_string(answer.error());
  EXPECT_EQ(answer->body, "[1,2,3]");
  EXPECT_EQ(provider.partners->connector().meters().get(agreement)->record.uses, 1);
}

TEST_F(PartnersTest, ATwinIsFetchedUnderItsTermsLessWhatTheyMask) {
  SharedTwins shared;
  twin::Findings findings;
  constexpr std::string_view kRecipe =
      R"({"modelType":"Submodel","id":"urn:recipe","idShort":"Recipe","submodelElements":[)"
      R"({"modelType":"Property","idShort":"Speed","valueType":"xs:int","value":"7"},)"
      R"({"modelType":"Property","idShort":"Secret","valueType":"xs:string","value":"x"}]})";
  ASSERT_TRUE(shared.twins->put(kAnna, twin::read_json(kRecipe, twin::Class::Submodel, {}, findings).value()));
  auto data = shared.data();
  provider.share(data);
  auto& catalogue = provider.partners->connector().parts().catalogue;
  dataspace::OfferTemplate offer{
      .id = "masked", .name = "Masked", .partners = {}, .groups = {}, .terms = {}, .rules = {}, .text = {}};
  offer.terms.masked = {"Secret"};
  ASSERT_TRUE(catalogue.put(kAnna, offer));
  ASSERT_TRUE(catalogue.put(kAnna, dataspace::Dataset{.id = "recipe",
                                                      .title = "Recipe",
                                                      .description = {},
                                                      .kind = dataspace::DatasetKind::twin,
                                                      .source = "urn:recipe/$value",
                                                      .offer = "masked"}));
  // As a page does: take the offer from the provider's catalogue and ask for it.
  const auto seen = catalogue.visible(*provider.partners->connector().parts().partners.confirmed("consumer"), "recipe");
  ASSERT_TRUE(seen);
  const auto negotiation = consumer.partners->connector().request_negotiation(kAnna, {.partner = "provider",
                                                                                      .dataset = "recipe",
                                                                                      .offer_id = seen->offer_id,
                                                                                      .offer = seen->offer_json,
                                                                                      .address = {}});
  ASSERT_TRUE(negotiation) << to_string(negotiation.error());
  ASSERT_TRUE(consumer.comes_to(negotiation->id, State::finalized)) << to_json(consumer.process(negotiation->id));
  const auto agreement = consumer.process(negotiation->id).agreement;
  const auto transfer = consumer.partners->connector().request_transfer(
      kAnna, {.agreement = agreement, .format = std::string{dataspace::kPull}, .data_address = {}, .address = {}});
  ASSERT_TRUE(transfer) << to_string(transfer.error());
  ASSERT_TRUE(consumer.comes_to(transfer->id, State::started));
  const auto fetch = [&] { return consumer.ask(api::Method::get, "/processes/" + transfer->id + "/data"); };
  const auto answer = fetch();
  ASSERT_TRUE(answer) << to_string(answer.error());
  EXPECT_EQ(answer->body, R"({"Speed":7})");
  EXPECT_EQ(provider.partners->connector().meters().get(agreement)->record.bytes, 11);
  ASSERT_TRUE(shared.twins->remove(kAnna, twin::Class::Submodel, "urn:recipe"));
  EXPECT_FALSE(fetch()) << "what is gone isn't served";
  EXPECT_EQ(provider.partners->connector().meters().get(agreement)->record.uses, 1);
}

TEST_F(PartnersTest, StrangersMeetByAddressAndConfirmOnBothSides) {
  Company stranger{"stranger"};
  const auto found = stranger.ask(api::Method::post, "/look-up", R"({"address":")" + provider.address + R"("})");
  ASSERT_TRUE(found) << to_string(found.error());
  const auto card = *from_json<dataspace::PartnerCard>(found->body);
  const auto& own = provider.partners->connector().parts().partners.own();
  EXPECT_EQ(card.participant, own.participant);
  EXPECT_EQ(card.fingerprint, dataspace::key_fingerprint(own.key.public_key));
  const auto state = [&] { return stranger.ask(api::Method::get, "/partners/p/health")->body; };

  ASSERT_TRUE(stranger.ask(api::Method::post, "/partners",
                           R"({"id":"p","name":"P","participant":")" + card.participant + R"(","address":")" +
                               card.address + R"(","identity":"signed_key","public_key":")" + card.public_key +
                               R"("})"));
  EXPECT_FALSE(stranger.ask(api::Method::post, "/partners/p/confirm", R"({"fingerprint":"0000"})"));
  ASSERT_TRUE(
      stranger.ask(api::Method::post, "/partners/p/confirm", R"({"fingerprint":")" + card.fingerprint + R"("})"));
  EXPECT_TRUE(state().contains(R"("state":"unknown_there")")) << state();
  // The other side's people see who asks, with the key's fingerprint, and confirm in turn.
  ASSERT_TRUE(stranger.ask(api::Method::post, "/partners/p/introduce", "{}"));
  const auto waiting = provider.partners->connector().parts().partners.introductions().all();
  ASSERT_EQ(waiting.size(), 1U);
  EXPECT_EQ(waiting.front().card.address, stranger.address);
  provider.know(stranger, "stranger");
  EXPECT_TRUE(state().contains(R"("state":"works")")) << state();
  const auto catalogue = stranger.ask(api::Method::get, "/partners/p/catalogue");
  ASSERT_TRUE(catalogue) << to_string(catalogue.error());
  EXPECT_TRUE(catalogue->body.contains(R"("title":"OEE")")) << catalogue->body;
  provider.close();
  EXPECT_TRUE(state().contains(R"("state":"unreachable")")) << state();
  provider.open();
}

TEST_F(PartnersTest, ATokenThatRanOutIsRenewedAndUsesAreCountedOnBothSides) {
  const auto negotiation = begin();
  ASSERT_TRUE(consumer.comes_to(negotiation.id, State::finalized));
  const auto agreement = consumer.process(negotiation.id).agreement;
  const auto transfer = consumer.partners->connector().request_transfer(
      kAnna, {.agreement = agreement, .format = std::string{dataspace::kPull}, .data_address = {}, .address = {}});
  ASSERT_TRUE(transfer);
  ASSERT_TRUE(consumer.comes_to(transfer->id, State::started)) << consumer.told(transfer->id);
  const auto before = consumer.process(transfer->id).data_address->properties.at("authorization");
  auto& tokens = provider.partners->connector().tokens();
  auto token = tokens.all()->at(0).record;
  token.expires = Timestamp{1};
  ASSERT_TRUE(tokens.put(kAnna, token));
  const auto answer = consumer.ask(api::Method::get, "/processes/" + transfer->id + "/data");
  ASSERT_TRUE(answer) << to_string(answer.error());
  EXPECT_EQ(answer->body, "[1,2,3]");
  EXPECT_NE(consumer.process(transfer->id).data_address->properties.at("authorization"), before);
  EXPECT_EQ(provider.partners->connector().meters().get(agreement)->record.bytes, 7);
  EXPECT_EQ(consumer.partners->connector().meters().get(agreement)->record.bytes, 7);
}

TEST_F(PartnersTest, WhatAPartnerSendsArrivesInAFileOfItsOwn) {
  const auto negotiation = begin();
  ASSERT_TRUE(consumer.comes_to(negotiation.id, State::finalized));
  const auto agreement = consumer.process(negotiation.id).agreement;
  const auto begun =
      consumer.ask(api::Method::post, "/transfers", R"({"agreement":")" + agreement + R"(","format":"HttpData-PUSH"})");
  ASSERT_TRUE(begun) << to_string(begun.error());
  const auto push = *from_json<dataspace::Process>(begun->body);
  ASSERT_TRUE(consumer.comes_to(push.id, State::completed)) << consumer.told(push.id);
  const auto listed = consumer.ask(api::Method::get, "/agreements/" + agreement + "/received");
  ASSERT_TRUE(listed) << to_string(listed.error());
  EXPECT_TRUE(listed->body.contains(R"("pushed":true,"bytes":7,"total":7)")) << listed->body;
  const auto first = listed->body.find(R"("id":")") + 6;
  const auto id = listed->body.substr(first, listed->body.find('"', first) - first);
  const auto content = consumer.ask(api::Method::get, "/received/" + id + "/content");
  ASSERT_TRUE(content) << to_string(content.error());
  EXPECT_EQ(content->body, "[1,2,3]");
  ASSERT_TRUE(consumer.ask(api::Method::del, "/received/" + id));
  EXPECT_FALSE(consumer.ask(api::Method::get, "/received/" + id + "/content"));
}

TEST_F(PartnersTest, ReceivedFilesTakeNoOtherNamesAndLeaveNoHoles) {
  const auto folder = std::filesystem::temp_directory_path() / ("hanse-received-" + std::to_string(::getpid()));
  ReceivedFiles files{folder};
  const std::string id = "urn:uuid:12345678-1234-4234-8234-123456789abc";
  for (const auto* name :
       {"", "x", "urn:uuid:", "urn:uuid:../../etc/passwd", "urn:uuid:12345678-1234-4234-8234-12345678/../"})
    EXPECT_FALSE(files.write(name, 0, "x")) << name;
  ASSERT_TRUE(files.write(id, 0, "0123"));
  EXPECT_FALSE(files.write(id, 5, "5")) << "a hole";
  ASSERT_TRUE(files.write(id, 2, "2345"));
  EXPECT_EQ(*files.read(id, 0, 6), "012345");
  EXPECT_EQ(*files.read(id, 4, 2), "45");
  EXPECT_FALSE(files.read(id, 4, 3)) << "more than there is";
  const auto rights = std::filesystem::status(folder).permissions();
  EXPECT_EQ(rights & (std::filesystem::perms::group_all | std::filesystem::perms::others_all),
            std::filesystem::perms::none);
  ASSERT_TRUE(files.write(id, 0, "x"));
  EXPECT_EQ(*files.read(id, 0, 1), "x");
  EXPECT_FALSE(files.read(id, 0, 2)) << "0 begins anew";
  ASSERT_TRUE(files.remove(id));
  EXPECT_FALSE(files.read(id, 0, 1));
  std::filesystem::remove_all(folder);
}

TEST_F(PartnersTest, AMessageThatIsTooLargeIsRefusedBeforeItIsRead) {
  auto& book = consumer.partners->connector().parts().partners;
  const auto outcome = consumer.partners->ask({.id = "x",
                                               .partner = "provider",
                                               .url = provider.address + "/negotiations/request",
                                               .authorization = book.authorization_for(*book.confirmed("provider")),
                                               .body = std::string((1U << 20) + 1, ' ')});
  EXPECT_EQ(outcome.status, 413);
  EXPECT_TRUE(provider.partners->connector().processes().all()->empty());
}

TEST_F(PartnersTest, ANodeThatWasAwayIsReachedWhenItIsBack) {
  provider.close();
  const auto negotiation = begin();
  provider.open();
  EXPECT_TRUE(consumer.comes_to(negotiation.id, State::finalized));
}

TEST_F(PartnersTest, TheKeyStaysAcrossStarts) {
  const auto before = provider.partners->connector().parts().partners.own().key.public_key;
  provider.close();
  provider.open();
  EXPECT_EQ(provider.partners->connector().parts().partners.own().key.public_key, before);
}

TEST_F(PartnersTest, StrangersAreServedNothingButTheVersion) {
  const auto status = [&](const std::string& path) {
    const auto origin = provider.address.substr(0, provider.address.find("/dsp"));
    const auto outcome =
        consumer.partners->ask({.id = "x", .partner = "x", .method = "GET", .url = origin + path, .body = {}});
    return outcome.status;
  };
  EXPECT_EQ(status("/.well-known/dspace-version"), 200);
  EXPECT_EQ(status("/.well-known/did.json"), 200);
  EXPECT_EQ(status("/dsp/2025-1/catalog/datasets/oee"), 401);
  EXPECT_EQ(status("/dsp/2025-1/hanse/data/x"), 401);
  EXPECT_EQ(status("/api/v1/dataspace/partners"), 404);
}

}  // namespace
}  // namespace hanse::node
