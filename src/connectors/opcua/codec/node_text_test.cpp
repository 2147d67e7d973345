#include "connectors/opcua/codec/node_text.hpp"

namespace hanse::connectors::opcua {
namespace {

const std::vector<std::string> kNamespaces{"http://opcfoundation.org/UA/", "urn:server", "urn:press;line=1"};

TEST(NodeText, is_the_same_after_a_round) {
  for (const std::string text :
       {"i=2258", "nsu=urn:server;i=70000", "nsu=urn:press;line=1;s=Press1;x=Temp",
        "nsu=urn:server;g=0badcafe-1234-5678-9abc-def012345678", "nsu=urn:server;b=AQIDBA=="}) {
    const auto address = parse_node(text);
    ASSERT_TRUE(address) << text;
    const auto node = resolve(*address, kNamespaces);
    ASSERT_TRUE(node) << text;
    EXPECT_EQ(node_text(*node, kNamespaces), text);
  }
}

TEST(NodeText, goes_by_namespace_not_by_index) {
  const auto address = parse_node("nsu=urn:server;s=A");
  const std::vector<std::string> moved{"http://opcfoundation.org/UA/", "urn:new", "urn:other", "urn:server"};
  EXPECT_EQ(resolve(*address, kNamespaces)->space, 1);
  EXPECT_EQ(resolve(*address, moved)->space, 3);
  EXPECT_EQ(resolve(*parse_node("ns=2;s=A"), moved)->space, 2);
  EXPECT_EQ(resolve(*parse_node("nsu=urn:gone;s=A"), moved).error().code, ErrorCode::not_found);
}

TEST(NodeText, wrong_ones_are_refused_with_what_would_be_right) {
  for (const std::string text :
       {"", "Temp", "s=", "i=-1", "i=4294967296", "ns=x;i=1", "nsu=;i=1", "ns=1", "g=12", "b=*", "x=1"}) {
    const auto address = parse_node(text);
    ASSERT_FALSE(address) << text;
    EXPECT_NE(address.error().message.find("nsu="), std::string::npos);
  }
}

}  // namespace
}  // namespace hanse::connectors::opcua
