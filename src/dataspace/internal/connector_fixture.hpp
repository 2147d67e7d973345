#pragma once

#include <gtest/gtest.h>

#include "dataspace/internal/test_network.hpp"

namespace hanse::dataspace {

inline const store::Actor kAnna{"user:anna"}, kBen{"user:ben"};

/// A provider and a consumer that know each other, and what a page would do on either.
class ConnectorFixture : public ::testing::Test {
 protected:
  ConnectorFixture() {
    provider.know(consumer);
    consumer.know(provider);
    offer("open", {});
    dataset("press-7/oee", "open");
  }

  void offer(const std::string& id, const Terms& terms, Approval approval = Approval::automatic) {
    const auto put = provider.catalogue->put(kAnna, OfferTemplate{.id = id,
                                                                  .name = id,
                                                                  .partners = {},
                                                                  .groups = {},
                                                                  .terms = terms,
                                                                  .rules = {},
                                                                  .approval = approval,
                                                                  .text = "the small print"});
    ASSERT_TRUE(put) << to_string(put.error());
  }
  void dataset(const std::string& id, const std::string& offer_id, DatasetKind kind = DatasetKind::records) {
    const auto put = provider.catalogue->put(
        kAnna, Dataset{.id = id, .title = id, .description = {}, .kind = kind, .source = id, .offer = offer_id});
    ASSERT_TRUE(put) << to_string(put.error());
  }
  /// As a page does: take the offer from the provider's catalogue and ask for it.
  Process negotiate(const std::string& dataset_id = "press-7/oee") {
    const auto seen = provider.catalogue->visible(*provider.partners->confirmed("consumer"), dataset_id);
    EXPECT_TRUE(seen);
    const auto begun = consumer.connector->request_negotiation(kBen, {.partner = "provider",
                                                                      .dataset = dataset_id,
                                                                      .offer_id = seen ? seen->offer_id : "x",
                                                                      .offer = seen ? seen->offer_json : RawJson{},
                                                                      .address = {}});
    EXPECT_TRUE(begun) << to_string(begun.error());
    return *begun;
  }
  Agreement agree(const std::string& dataset_id = "press-7/oee") {
    const auto begun = negotiate(dataset_id);
    network.run();
    const auto agreement = consumer.connector->agreements().find(at(consumer, begun.id).agreement);
    EXPECT_TRUE(agreement && *agreement);
    return agreement && *agreement ? (*agreement)->record : Agreement{};
  }
  Process at(const TestNode& node, const std::string& pid) {
    const auto found = node.connector->processes().get(pid);
    EXPECT_TRUE(found);
    return found ? found->record : Process{};
  }
  Process transfer(const std::string& agreement, std::string_view format = kPull,
                   std::optional<DataAddress> address = {}) {
    const auto begun = consumer.connector->request_transfer(
        kBen,
        {.agreement = agreement, .format = std::string{format}, .data_address = std::move(address), .address = {}});
    EXPECT_TRUE(begun) << to_string(begun.error());
    network.run();
    return at(consumer, begun->id);
  }
  /// A message as the consumer's node would send it, for what it never sends by itself.
  api::Response from_consumer(const std::string& path, const std::string& body) {
    const auto partner = *consumer.partners->confirmed("provider");
    return provider.call({.id = "x",
                          .partner = "provider",
                          .url = provider.address + path,
                          .authorization = consumer.partners->authorization_for(partner),
                          .body = body});
  }
  api::Response fetch(const Process& process, const std::string& query = "", const std::string& range = {}) {
    const auto& address = *process.data_address;
    return provider.call({.id = "x",
                          .partner = "provider",
                          .method = "GET",
                          .url = address.endpoint + query,
                          .authorization = "Bearer " + address.properties.at("authorization"),
                          .body = {}},
                         range);
  }

  TestNetwork network;
  TestNode provider{network, "provider", network.clock};
  TestNode consumer{network, "consumer", network.clock};
};

}  // namespace hanse::dataspace
