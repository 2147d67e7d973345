"""Structures as servers described them before 1.04: in type dictionaries, without DataTypeDefinition."""
import struct

from asyncua import ua
from asyncua.common.type_dictionary_builder import DataTypeDictionaryBuilder


async def add_axis(server, index, parent):
    """A value of a structure that holds a list, a text, and a structure of another namespace's dictionary."""
    tools_index = await server.register_namespace("urn:tools")
    tools = DataTypeDictionaryBuilder(server, tools_index, "urn:tools", "ToolTypes")
    await tools.init()
    tool = await tools.create_data_type("ToolType")
    tool.add_field("Number", ua.VariantType.UInt16)
    tool.add_field("Name", ua.VariantType.String)
    await tools.set_dict_byte_string()
    builder = DataTypeDictionaryBuilder(server, index, "urn:press", "PressTypes")
    await builder.init()
    axis = await builder.create_data_type("AxisType")
    axis.add_field("Position", ua.VariantType.Double)
    axis.add_field("Loads", ua.VariantType.Double, is_array=True)
    axis.add_field("Tool", tool)
    await builder.set_dict_byte_string()
    dictionary = server.get_node(builder.dict_id)  # The builder knows types of its own namespace only.
    xml = (await dictionary.read_value()).replace(b"tns:ToolType", b"tools:ToolType")
    xml = xml.replace(b"<opc:TypeDictionary ", b'<opc:TypeDictionary xmlns:tools="urn:tools" ', 1)
    await dictionary.write_value(xml, ua.VariantType.ByteString)
    encoding = axis.node_ids[2]
    body = struct.pack("<didd", 1.5, 2, 20.0, 30.0) + struct.pack("<Hi", 7, 5) + b"drill"
    value = ua.ExtensionObject(TypeId=encoding, Body=body)
    object.__setattr__(value, "Encoding", 1)  # A frozen class, which has no way to say that there is a body.
    variable = await parent.add_variable(ua.NodeId("Press1.Axis", index), f"{index}:Axis",
                                         ua.Variant(value, ua.VariantType.ExtensionObject), datatype=axis.data_type)
    await variable.set_writable()
