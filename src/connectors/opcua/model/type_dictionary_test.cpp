#include "connectors/opcua/model/type_dictionary.hpp"

#include <gtest/gtest.h>

namespace hanse::connectors::opcua {
namespace {

const NodeId kEncoding{2, 1};

std::string dictionary_of(std::string_view types) {
  return fmt::format(R"(<?xml version="1.0" encoding="utf-8"?>
<opc:TypeDictionary xmlns:opc="http://opcfoundation.org/BinarySchema/" xmlns:ua="http://opcfoundation.org/UA/"
    xmlns:tns="urn:press" DefaultByteOrder="LittleEndian" TargetNamespace="urn:press">
  <opc:Import Namespace="http://opcfoundation.org/UA/"/>{}</opc:TypeDictionary>)",
                     types);
}

/// What a value of the type `T` of `types` is taken apart into; empty when it stays whole.
std::string flattened(std::string_view types, std::string bytes) {
  const auto dictionary = TypeDictionary::parse(dictionary_of(types));
  if (!dictionary) return to_string(dictionary.error());
  TypeBook book;
  book.add_encoding(kEncoding, dictionary->add_to(book, "T"));
  std::string text;
  const ExtensionObject object{
      .type_id = kEncoding, .encoding = ExtensionObject::Encoding::binary, .body = std::move(bytes)};
  for (const auto& field : book.flatten(object)) text += field.name + "=" + value_text(field.value) + " ";
  return text;
}

template <class... Values>
std::string bytes_of(const Values&... values) {
  std::string bytes;
  BinaryWriter writer{bytes};
  (writer.write(values), ...);
  return bytes;
}

TEST(TypeDictionary, nested_structures_arrays_and_enumerations) {
  constexpr std::string_view kTypes = R"(
    <opc:StructuredType Name="Axis" BaseType="ua:ExtensionObject">
      <opc:Field Name="Position" TypeName="opc:Double"/>
      <opc:Field Name="State" TypeName="tns:AxisState"/>
    </opc:StructuredType>
    <opc:EnumeratedType Name="AxisState" LengthInBits="32">
      <opc:EnumeratedValue Name="Idle" Value="0"/>
    </opc:EnumeratedType>
    <opc:StructuredType Name="T" BaseType="ua:ExtensionObject">
      <opc:Field Name="Name" TypeName="opc:CharArray"/>
      <opc:Field Name="NoOfAxes" TypeName="opc:Int32"/>
      <opc:Field Name="Axes" TypeName="tns:Axis" LengthField="NoOfAxes"/>
      <opc:Field Name="Tool" TypeName="ua:LocalizedText"/>
    </opc:StructuredType>)";
  EXPECT_EQ(flattened(kTypes, bytes_of(String{"M7"}, std::int32_t{2}, 1.5, std::int32_t{0}, 2.5, std::int32_t{3},
                                       LocalizedText{.locale = {}, .text = "drill"})),
            "Name=M7 Axes[0]/Position=1.5 Axes[0]/State=0 Axes[1]/Position=2.5 Axes[1]/State=3 Tool=drill ");
}

TEST(TypeDictionary, optional_fields_are_there_when_their_bit_is) {
  constexpr std::string_view kTypes = R"(
    <opc:StructuredType Name="T">
      <opc:Field Name="HasA" TypeName="opc:Bit"/>
      <opc:Field Name="HasB" TypeName="opc:Bit"/>
      <opc:Field Name="Reserved1" TypeName="opc:Bit" Length="30"/>
      <opc:Field Name="Always" TypeName="opc:UInt16"/>
      <opc:Field Name="A" TypeName="opc:UInt16" SwitchField="HasA"/>
      <opc:Field Name="NoOfB" TypeName="opc:Int32" SwitchField="HasB"/>
      <opc:Field Name="B" TypeName="opc:Byte" SwitchField="HasB" LengthField="NoOfB"/>
    </opc:StructuredType>)";
  EXPECT_EQ(flattened(kTypes, bytes_of(std::uint32_t{0}, std::uint16_t{7})), "Always=7 ");
  EXPECT_EQ(flattened(kTypes, bytes_of(std::uint32_t{1}, std::uint16_t{7}, std::uint16_t{8})), "Always=7 A=8 ");
  EXPECT_EQ(flattened(kTypes, bytes_of(std::uint32_t{2}, std::uint16_t{7}, std::int32_t{1}, std::uint8_t{9})),
            "Always=7 B[0]=9 ");
}

TEST(TypeDictionary, a_union_has_one_of_its_fields) {
  constexpr std::string_view kTypes = R"(
    <opc:StructuredType Name="T">
      <opc:Field Name="SwitchField" TypeName="opc:UInt32"/>
      <opc:Field Name="Number" TypeName="opc:Double" SwitchField="SwitchField" SwitchValue="1"/>
      <opc:Field Name="Text" TypeName="opc:String" SwitchField="SwitchField" SwitchValue="2"/>
    </opc:StructuredType>)";
  EXPECT_EQ(flattened(kTypes, bytes_of(std::uint32_t{1}, 4.5)), "Number=4.5 ");
  EXPECT_EQ(flattened(kTypes, bytes_of(std::uint32_t{2}, String{"x"})), "Text=x ");
  EXPECT_EQ(flattened(kTypes, bytes_of(std::uint32_t{3}, 4.5)), "");
}

TEST(TypeDictionary, shapes_that_the_encoding_does_not_have_are_not_guessed_at) {
  const auto one = bytes_of(std::uint32_t{1}, std::uint32_t{1});
  for (const std::string_view fields : {
           R"(<opc:Field Name="A" TypeName="opc:Bit"/><opc:Field Name="B" TypeName="opc:Bit" Length="7"/>)",
           R"(<opc:Field Name="A" TypeName="opc:UInt32" Length="2"/>)",
           R"(<opc:Field Name="N" TypeName="opc:Int32"/><opc:Field Name="X" TypeName="opc:Byte"/>
              <opc:Field Name="A" TypeName="opc:Byte" LengthField="N"/>)",
           R"(<opc:Field Name="A" TypeName="tns:Nowhere"/>)",
           R"(<opc:Field Name="A" TypeName="ua:ExtensionObject"/>)",
           R"(<opc:Field Name="A" TypeName="tns:T"/>)",
           R"(<opc:Field TypeName="opc:UInt32"/><opc:Field Name="B" TypeName="opc:UInt32"/>)",
       }) {
    EXPECT_EQ(flattened(fmt::format(R"(<opc:StructuredType Name="T">{}</opc:StructuredType>)", fields), one), "")
        << fields;
  }
}

TEST(TypeDictionary, a_type_of_its_own_wins_over_a_standard_name) {
  EXPECT_EQ(
      flattened(R"(<opc:StructuredType Name="Guid"><opc:Field Name="Number" TypeName="opc:UInt16"/></opc:StructuredType>
                         <opc:StructuredType Name="T"><opc:Field Name="Id" TypeName="tns:Guid"/></opc:StructuredType>)",
                bytes_of(std::uint16_t{5})),
      "Id/Number=5 ");
}

TEST(TypeDictionary, what_is_no_dictionary_or_too_much_says_so) {
  const auto why = [](const std::string& xml) {
    const auto parsed = TypeDictionary::parse(xml);
    return parsed ? std::string{} : parsed.error().message;
  };
  EXPECT_NE(why("<opc:TypeDictionary").find("no XML"), std::string::npos);
  EXPECT_NE(why("<UANodeSet/>").find("root"), std::string::npos);
  EXPECT_NE(why("<TypeDictionary DefaultByteOrder='BigEndian'/>").find("big-endian"), std::string::npos);
  EXPECT_NE(why(std::string(TypeDictionary::kBytesMax + 1, ' ')).find("bytes"), std::string::npos);
  std::string many;
  for (std::size_t i = 0; i <= TypeDictionary::kTypesMax; ++i) many += "<StructuredType Name='A'/>";
  EXPECT_NE(why("<TypeDictionary>" + many + "</TypeDictionary>").find("more than"), std::string::npos);
}

}  // namespace
}  // namespace hanse::connectors::opcua
