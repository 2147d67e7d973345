#include "connectors/opcua/model/nodeset.hpp"

#include "connectors/opcua/model/companion.hpp"
#include "connectors/opcua/model/units.hpp"

namespace hanse::connectors::opcua {
namespace {

constexpr std::string_view kPress = R"(<?xml version="1.0"?>
<UANodeSet xmlns="http://opcfoundation.org/UA/2011/03/UANodeSet.xsd">
  <NamespaceUris><Uri>urn:press</Uri><Uri>http://opcfoundation.org/UA/Machinery/</Uri></NamespaceUris>
  <Aliases><Alias Alias="Double">i=11</Alias><Alias Alias="HasComponent">i=47</Alias></Aliases>
  <UAObject NodeId="ns=1;s=Press" BrowseName="1:Press">
    <References><Reference ReferenceType="Organizes" IsForward="false">i=85</Reference>
      <Reference ReferenceType="HasComponent">ns=1;s=Press.State</Reference></References></UAObject>
  <UAVariable NodeId="ns=1;s=Press.Temp" BrowseName="1:Temp" DataType="Double" ParentNodeId="ns=1;s=Press">
    <Description>Of the upper die</Description></UAVariable>
  <UAObject NodeId="ns=1;s=Press.State" BrowseName="2:MachineryItemState"/>
  <UAVariable NodeId="ns=1;i=7" BrowseName="CurrentState" DataType="i=21">
    <References><Reference ReferenceType="HasComponent" IsForward="false">ns=1;s=Press.State</Reference></References></UAVariable>
  <UAVariable NodeId="ns=1;i=8" BrowseName="1:Serial" DataType="i=12" ParentNodeId="ns=1;s=Press">
    <References><Reference ReferenceType="HasTypeDefinition">i=68</Reference></References></UAVariable>
  <UAVariable NodeId="ns=1;i=9" BrowseName="1:OfAType" DataType="Double" ParentNodeId="ns=1;i=1000"/>
</UANodeSet>)";

TEST(NodeSet, gives_the_variables_of_a_machine_that_is_not_there_yet) {
  const auto read = read_nodeset(kPress);
  ASSERT_TRUE(read) << to_string(read.error());
  ASSERT_EQ(read->size(), 2u);
  EXPECT_EQ((*read)[0].address, "nsu=urn:press;i=7");
  EXPECT_EQ((*read)[0].name, "MachineryItemState/CurrentState");
  EXPECT_EQ((*read)[0].meaning, signal::Meaning::execution);
  EXPECT_EQ((*read)[0].type, signal::ValueType::text);
  EXPECT_EQ((*read)[1].address, "nsu=urn:press;s=Press.Temp");
  EXPECT_EQ((*read)[1].device, "Press");
  EXPECT_EQ((*read)[1].type, signal::ValueType::real);
  EXPECT_EQ((*read)[1].description, "Of the upper die");
}

TEST(NodeSet, other_files_are_refused) {
  EXPECT_EQ(read_nodeset("<a").error().code, ErrorCode::invalid);
  EXPECT_EQ(read_nodeset("<Other/>").error().code, ErrorCode::invalid);
  EXPECT_TRUE(read_nodeset("<UANodeSet/>")->empty());
}

TEST(NodeSet, a_circle_of_parents_ends) {
  const auto read = read_nodeset(R"(<UANodeSet><UAObject NodeId="i=1" BrowseName="A" ParentNodeId="i=2"/>
    <UAObject NodeId="i=2" BrowseName="B" ParentNodeId="i=1"/><UAVariable NodeId="i=3" BrowseName="C" ParentNodeId="i=1"/></UANodeSet>)");
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->empty());
}

TEST(Companion, meanings_go_by_specification_and_whole_names) {
  constexpr std::string_view kPackMl = "http://opcfoundation.org/UA/PackML/";
  EXPECT_EQ(companion_meaning("Line/Filler/Status/StateCurrent", kPackMl), signal::Meaning::execution);
  EXPECT_EQ(companion_meaning("Line/Filler/XStatus/StateCurrent", kPackMl), signal::Meaning::other);
  EXPECT_EQ(companion_meaning("Line/Filler/Status/StateCurrent", "urn:mine"), signal::Meaning::other);
  EXPECT_EQ(companion_name(kPackMl), "PackML");
}

TEST(Units, come_by_code_then_by_sign) {
  EXPECT_EQ(ucum_of(4'408'652, ""), "Cel");           // CEL
  EXPECT_EQ(ucum_of(4'937'544, "anything"), "kW.h");  // KWH
  EXPECT_EQ(ucum_of(-1, "mm/s"), "mm/s");
  EXPECT_EQ(ucum_of(-1, "parsecs"), "");
}

}  // namespace
}  // namespace hanse::connectors::opcua
