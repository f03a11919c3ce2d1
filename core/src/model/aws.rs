//! The kinds of the AWS Load Balancer Controller (apis/elbv2/v1beta1). A spec stays a tree until the controller reads it.

use super::{LabelSelector, Metadata, Text};
use crate::yaml;

object! {
    /// What holds for all Ingresses of a class (ingressclassparams_types.go).
    pub struct IngressClassParams {
        /// Its name.
        pub metadata: Metadata = "metadata",
        /// What it says.
        pub spec: Option<yaml::YamlNode> = "spec",
    }

    /// spec of an IngressClassParams; what it says goes before annotations.
    pub struct IngressClassParamsSpec {
        pub certificate_arns: Vec<Text> = "certificateArn",
        pub namespace_selector: Option<LabelSelector> = "namespaceSelector",
        pub group: Option<IngressClassGroup> = "group",
        /// `internal`, `internet-facing`.
        pub scheme: Option<Text> = "scheme",
        pub inbound_cidrs: Vec<Text> = "inboundCIDRs",
        pub prefix_lists: Vec<Text> = "prefixListsIDs",
        /// As older versions write it.
        pub prefix_lists_before: Vec<Text> = "PrefixListsIDs",
        pub ssl_policy: Text = "sslPolicy",
        pub ssl_redirect_port: Text = "sslRedirectPort",
        pub ip_address_type: Option<Text> = "ipAddressType",
        /// `instance`, `ip`.
        pub target_type: Text = "targetType",
        pub load_balancer_name: Text = "loadBalancerName",
        pub load_balancer_attributes: Vec<BalancerAttribute> = "loadBalancerAttributes",
        pub web_acl_arn: Text = "wafv2AclArn",
        pub web_acl_name: Text = "wafv2AclName",
    }

    /// The load balancer that a class' Ingresses share.
    pub struct IngressClassGroup {
        pub name: Text = "name",
    }

    /// A setting of a load balancer.
    pub struct BalancerAttribute {
        /// `routing.http.xff_header_processing.mode`.
        pub key: Text = "key",
        pub value: Text = "value",
    }
}
