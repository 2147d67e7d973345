"""Structures as servers described them before 1.04: in a type dictionary, without DataTypeDefinition."""
import struct

from asyncua import ua
from asyncua.common.type_dictionary_builder import DataTypeDictionaryBuilder


async def add_axis(server, index, parent):
    """A value of a structure that holds another, a list and a text."""
    builder = DataTypeDictionaryBuilder(server, index, "urn:press", "PressTypes")
    await builder.init()
    tool = await builder.create_data_type("ToolType")
    tool.add_field("Number", ua.VariantType.UInt16)
    tool.add_field("Name", ua.VariantType.String)
    axis = await builder.create_data_type("AxisType")
    axis.add_field("Position", ua.VariantType.Double)
    axis.add_field("Loads", ua.VariantType.Double, is_array=True)
    axis.add_field("Tool", tool)
    await builder.set_dict_byte_string()
    encoding = axis.node_ids[2]
    body = struct.pack("<didd", 1.5, 2, 20.0, 30.0) + struct.pack("<Hi", 7, 5) + b"drill"
    value = ua.ExtensionObject(TypeId=encoding, Body=body)
    object.__setattr__(value, "Encoding", 1)  # A frozen class, which has no way to say that there is a body.
    await parent.add_variable(ua.NodeId("Press1.Axis", index), f"{index}:Axis", ua.Variant(value, ua.VariantType.ExtensionObject),
                              datatype=axis.data_type)
