// Precompiled for every unit test.
#include "pch.hpp"

#include <gtest/gtest.h>
