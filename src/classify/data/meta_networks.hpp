// Meta's networks, which several applications share: one list, refreshed in one place.
#pragma once

#include <array>
#include <string_view>

#include "classify/classifier.hpp"

namespace deadair::classify {

// They confirm a name or a shared signature. Alone they tell nothing, for WhatsApp, Facebook and
// Instagram all live there; caches in providers' networks (fna) lie outside, and until 2017
// WhatsApp's servers stood at SoftLayer. The date is that of reading the source, a stored copy.
inline constexpr std::string_view kMetaDated = "2026-11-21";
inline constexpr std::string_view kMetaSource =
    "prefixes originated by AS32934 (nDPI's list of them)";
inline constexpr std::array kMetaNetworks = {
    NetworkRule{"31.13.24.0/21", kMetaDated, kMetaSource},
    NetworkRule{"31.13.64.0/18", kMetaDated, kMetaSource},
    NetworkRule{"45.64.40.0/22", kMetaDated, kMetaSource},
    NetworkRule{"57.144.0.0/14", kMetaDated, kMetaSource},
    NetworkRule{"66.220.144.0/20", kMetaDated, kMetaSource},
    NetworkRule{"69.63.176.0/20", kMetaDated, kMetaSource},
    NetworkRule{"69.171.224.0/19", kMetaDated, kMetaSource},
    NetworkRule{"74.119.76.0/22", kMetaDated, kMetaSource},
    NetworkRule{"102.132.96.0/19", kMetaDated, kMetaSource},
    NetworkRule{"102.221.188.0/22", kMetaDated, kMetaSource},
    NetworkRule{"103.4.96.0/22", kMetaDated, kMetaSource},
    NetworkRule{"129.134.0.0/16", kMetaDated, kMetaSource},
    NetworkRule{"157.240.0.0/16", kMetaDated, kMetaSource},
    NetworkRule{"163.70.128.0/17", kMetaDated, kMetaSource},
    NetworkRule{"163.114.128.0/20", kMetaDated, kMetaSource},
    NetworkRule{"173.252.64.0/18", kMetaDated, kMetaSource},
    NetworkRule{"179.60.192.0/22", kMetaDated, kMetaSource},
    NetworkRule{"185.60.216.0/22", kMetaDated, kMetaSource},
    NetworkRule{"185.89.216.0/22", kMetaDated, kMetaSource},
    NetworkRule{"199.201.64.0/22", kMetaDated, kMetaSource},
    NetworkRule{"204.15.20.0/22", kMetaDated, kMetaSource},
    NetworkRule{"2620:0:1c00::/40", kMetaDated, kMetaSource},
    NetworkRule{"2620:10d:c090::/44", kMetaDated, kMetaSource},
    NetworkRule{"2a03:2880::/32", kMetaDated, kMetaSource},
};

}  // namespace deadair::classify
