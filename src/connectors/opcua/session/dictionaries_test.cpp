#include "connectors/opcua/internal/following.hpp"

namespace hanse::connectors::opcua {
namespace {

/// A server of before 1.04: one structure, described in a dictionary.
class OldServer : public internal::Following {
 protected:
  static constexpr std::string_view kAxis = "nsu=urn:press;s=Axis";
  const NodeId encoding_{2, "Axis.Binary"}, description_{2, "Axis.Description"}, dictionary_{2, "Dictionary"};

  OldServer() {
    std::string body;
    BinaryWriter writer{body};
    writer.write(1.5);
    writer.write(true);
    ExtensionObject axis{.type_id = encoding_, .encoding = ExtensionObject::Encoding::binary, .body = body};
    add({2, "Axis"}, {2, "Press1"}, data_value(Box<ExtensionObject>{std::move(axis)}));
    add(description_, {}, data_value(String{"AxisType"}));
    tell(R"(<opc:TypeDictionary xmlns:opc="http://opcfoundation.org/BinarySchema/" TargetNamespace="urn:press">
              <opc:StructuredType Name="AxisType"><opc:Field Name="Position" TypeName="opc:Double"/>
              <opc:Field Name="Homed" TypeName="opc:Boolean"/></opc:StructuredType></opc:TypeDictionary>)");
    server_.references_beside = {{.from = encoding_, .to = description_, .type = 39},
                                 {.from = dictionary_, .to = description_, .type = 47}};
  }
  void add(NodeId id, NodeId parent, DataValue value, std::string name = "Axis") {
    server_.nodes.push_back(
        {.id = std::move(id), .parent = std::move(parent), .name = std::move(name), .value = std::move(value)});
  }
  void tell(std::string xml) {
    std::erase_if(server_.nodes, [&](const auto& node) { return node.id == dictionary_; });
    add(dictionary_, {}, data_value(ByteString{std::move(xml)}));
  }
  void follow() {
    make_client();
    connect();
    publish();
  }
  bool was_told(std::string_view words) const {
    return std::ranges::any_of(sink_.notices,
                               [&](const Notice& notice) { return notice.message.find(words) != std::string::npos; });
  }
};

TEST_F(OldServer, its_structures_become_signals_by_its_dictionary) {
  follow();
  EXPECT_EQ(sink_.last(std::string{kAxis} + "/Position"), "1.5");
  EXPECT_EQ(sink_.last(std::string{kAxis} + "/Homed"), "true");
}

TEST_F(OldServer, a_dictionary_that_is_none_is_told_and_the_rest_goes_on) {
  tell("<html>");
  follow();
  EXPECT_TRUE(was_told("nsu=urn:press;s=Dictionary isn't used")) << last_message();
  EXPECT_EQ(sink_.last(kTemp), "1");
}

TEST_F(OldServer, a_way_that_breaks_off_leaves_the_structure_whole) {
  server_.references_beside.pop_back();
  follow();
  EXPECT_FALSE(sink_.declared.contains(std::string{kAxis} + "/Position"));
  EXPECT_EQ(sink_.last(kTemp), "1");
}

/// A structure that holds one of a second dictionary, and that one an enumeration of a third.
class ManyDictionaries : public OldServer {
 protected:
  ManyDictionaries() {
    tell(
        R"(<opc:TypeDictionary xmlns:opc="http://opcfoundation.org/BinarySchema/" xmlns:t="urn:tools" TargetNamespace="urn:press">
              <opc:StructuredType Name="AxisType"><opc:Field Name="Tool" TypeName="t:ToolType"/></opc:StructuredType>
            </opc:TypeDictionary>)");
    std::string body;
    BinaryWriter writer{body};
    writer.write(std::uint16_t{7});
    writer.write(std::int32_t{3});
    ExtensionObject axis{.type_id = encoding_, .encoding = ExtensionObject::Encoding::binary, .body = body};
    for (auto& node : server_.nodes) {
      if (node.id == NodeId{2, "Axis"}) node.value = data_value(Box<ExtensionObject>{std::move(axis)});
    }
    add_dictionary("Tools", "urn:tools", R"(
        <opc:TypeDictionary xmlns:opc="http://opcfoundation.org/BinarySchema/" xmlns:k="urn:kinds" TargetNamespace="urn:tools">
          <opc:StructuredType Name="ToolType"><opc:Field Name="Number" TypeName="opc:UInt16"/>
          <opc:Field Name="Kind" TypeName="k:KindType"/></opc:StructuredType></opc:TypeDictionary>)");
    add_dictionary("Kinds", "urn:kinds", R"(
        <opc:TypeDictionary xmlns:opc="http://opcfoundation.org/BinarySchema/" TargetNamespace="urn:kinds">
          <opc:EnumeratedType Name="KindType" LengthInBits="32"/></opc:TypeDictionary>)");
    add_dictionary("Unrelated", "urn:unrelated", "<html>");
  }
  void add_dictionary(const std::string& name, const std::string& space, std::string xml) {
    add({2, name}, 93, data_value(ByteString{std::move(xml)}));
    add({2, name + ".Uri"}, {2, name}, data_value(String{space}), "NamespaceUri");
  }
};

TEST_F(ManyDictionaries, types_of_other_namespaces_come_from_their_dictionaries) {
  follow();
  EXPECT_EQ(sink_.last(std::string{kAxis} + "/Tool/Number"), "7");
  EXPECT_EQ(sink_.last(std::string{kAxis} + "/Tool/Kind"), "3");
  EXPECT_FALSE(was_told("Unrelated")) << "nobody needs that one";
}

TEST_F(ManyDictionaries, without_one_of_them_the_structure_stays_whole_and_that_is_told) {
  std::erase_if(server_.nodes, [](const auto& node) { return node.id == NodeId{2, "Kinds"}; });
  follow();
  EXPECT_FALSE(sink_.declared.contains(std::string{kAxis} + "/Tool/Number"));
  EXPECT_TRUE(was_told("hold types of 'urn:kinds' stay whole")) << last_message();
  EXPECT_EQ(sink_.last(kTemp), "1");
}

}  // namespace
}  // namespace hanse::connectors::opcua
