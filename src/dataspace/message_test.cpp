#include "dataspace/message.hpp"

#include <gtest/gtest.h>

#include <array>

namespace hanse::dataspace {
namespace {

using enum MessageType;

constexpr std::array kAll{contract_request, contract_offer,      contract_agreement,      agreement_verification,
                          event_accepted,   event_finalized,     negotiation_termination, transfer_request,
                          transfer_start,   transfer_suspension, transfer_completion,     transfer_termination};

Message full(MessageType type) {
  Message message{.type = type, .id = "urn:uuid:m", .consumer_pid = "urn:uuid:c", .provider_pid = "urn:uuid:p"};
  if (type == contract_request || type == contract_offer) {
    message.offer = {R"({"@type":"Offer","@id":"o1","target":"d1","permission":[{"action":"use"}]})"};
  }
  if (type == contract_agreement) {
    message.agreement = {
        R"({"@id":"a1","@type":"Agreement","target":"d1","assigner":"p","assignee":"c","permission":[{"action":"use"}]})"};
  }
  if (type == transfer_request) {
    message.provider_pid = "";
    message.agreement_id = "urn:uuid:a";
    message.format = "HttpData-PULL";
    message.callback_address = "https://c.example/dsp";
  }
  if (type == transfer_start) {
    message.data_address = DataAddress{std::string{kHttpEndpoint}, "https://p.example/data", {{"authorization", "t"}}};
  }
  if (type == negotiation_termination || type == transfer_termination || type == transfer_suspension) {
    message.code = "1";
    message.reason = {"because", "of \"this\""};
  }
  return message;
}

TEST(Message, EveryTypeSurvivesWritingAndReading) {
  for (const auto type : kAll) {
    const Message message = full(type);
    const auto read = read_message(write_message(message), std::array{type});
    ASSERT_TRUE(read) << write_message(message) << to_string(read.error());
    EXPECT_EQ(*read, message) << write_message(message);
  }
}

TEST(Message, AStartMessageIsTheSchemasShape) {
  EXPECT_EQ(
      write_message(full(transfer_start)),
      R"({"@context":["https://w3id.org/dspace/2025/1/context.jsonld"],"@type":"TransferStartMessage","@id":"urn:uuid:m",)"
      R"("providerPid":"urn:uuid:p","consumerPid":"urn:uuid:c","dataAddress":{"@type":"DataAddress",)"
      R"("endpointType":"https://w3id.org/idsa/v4.1/HTTP","endpoint":"https://p.example/data","endpointProperties":)"
      R"([{"@type":"EndpointProperty","name":"authorization","value":"t"}]}})");
}

TEST(Message, ReadsWhatAJsonLdProcessorMayMakeOfIt) {
  const auto read =
      read_message(R"({"@context":"x","@type":"dspace:TransferTerminationMessage","dspace:providerPid":{"@id":"p"},)"
                   R"("https://w3id.org/dspace/2025/1/consumerPid":{"@value":"c"},"reason":"alone","extra":{"a":[1]}})",
                   std::array{transfer_termination});
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_EQ(read->provider_pid, "p");
  EXPECT_EQ(read->consumer_pid, "c");
  EXPECT_EQ(read->reason, std::vector<std::string>{"alone"});
}

struct Bad {
  MessageType type;
  std::string_view body;
  std::string_view path;
};

TEST(Message, SaysWhereAWrongMessageIsWrong) {
  const std::array cases{
      Bad{contract_request,
          R"({"@type":"ContractRequestMessage","offer":{"@id":"o","permission":[{}]},"callbackAddress":"x"})",
          "consumerPid"},
      Bad{contract_request,
          R"({"@type":"ContractRequestMessage","consumerPid":"c","offer":{"@id":"o","permission":[{}]}})",
          "callbackAddress"},
      Bad{contract_request,
          R"({"@type":"ContractRequestMessage","consumerPid":"c","callbackAddress":"x","offer":{"permission":[{}]}})",
          "offer.@id"},
      Bad{contract_request,
          R"({"@type":"ContractRequestMessage","consumerPid":"c","callbackAddress":"x","offer":{"@id":"o"}})", "offer"},
      Bad{contract_agreement, R"({"@type":"ContractAgreementMessage","consumerPid":"c","providerPid":"p"})",
          "agreement"},
      Bad{event_accepted,
          R"({"@type":"ContractNegotiationEventMessage","consumerPid":"c","providerPid":"p","eventType":"X"})",
          "eventType"},
      Bad{transfer_request,
          R"({"@type":"TransferRequestMessage","consumerPid":"c","callbackAddress":"x","format":"f"})", "agreementId"},
      Bad{transfer_start, R"({"@type":"TransferRequestMessage"})", "@type"},
  };
  for (const auto& bad : cases) {
    const auto read = read_message(bad.body, std::array{bad.type});
    ASSERT_FALSE(read) << bad.body;
    ASSERT_FALSE(read.error().fields.empty()) << bad.body;
    EXPECT_EQ(read.error().fields.front().path, bad.path) << bad.body;
  }
  EXPECT_FALSE(read_message("[]", std::array{transfer_start}));
  EXPECT_FALSE(read_message("{", std::array{transfer_start}));
  EXPECT_FALSE(read_message(std::string(10'000, '['), std::array{transfer_start}));
}

TEST(Message, TextsHaveALimit) {
  const std::string body =
      R"({"@type":"TransferCompletionMessage","consumerPid":")" + std::string(5000, 'x') + R"(","providerPid":"p"})";
  const auto read = read_message(body, std::array{transfer_completion});
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().fields.front().path, "consumerPid");
}

TEST(Message, AcknowledgementsAreReadAsFarAsTheyGo) {
  const auto full_one = read_acknowledgement(write_process(ProcessKind::negotiation, "p", "c", State::requested));
  EXPECT_EQ(full_one.provider_pid, "p");
  EXPECT_EQ(full_one.state, "REQUESTED");
  EXPECT_EQ(read_acknowledgement("").provider_pid, "");
  EXPECT_EQ(read_acknowledgement(write_error(ProcessKind::transfer, "p", "", "X", "why")).reason,
            std::vector<std::string>{"why"});
}

TEST(Message, UrnsAreVersionFourUuids) {
  const auto urn = new_urn();
  ASSERT_EQ(urn.size(), 45U);
  EXPECT_EQ(urn.substr(0, 9), "urn:uuid:");
  EXPECT_EQ(urn[23], '4');
  EXPECT_NE(urn, new_urn());
}

}  // namespace
}  // namespace hanse::dataspace
