//! kubectl's verbs.

/// What somebody wants of the cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KubectlVerb {
    /// `get`
    Get,
    /// `describe`
    Describe,
    /// `create namespace`
    CreateNamespace,
    /// `create configmap`
    CreateConfigMap,
    /// `create clusterrole`
    CreateClusterRole,
    /// `create clusterrolebinding`
    CreateClusterRoleBinding,
    /// `create cronjob`
    CreateCronJob,
    /// `create deployment`
    CreateDeployment,
    /// `create ingress`
    CreateIngress,
    /// `create job`
    CreateJob,
    /// `create poddisruptionbudget`
    CreatePodDisruptionBudget,
    /// `create priorityclass`
    CreatePriorityClass,
    /// `create quota`
    CreateQuota,
    /// `create role`
    CreateRole,
    /// `create rolebinding`
    CreateRoleBinding,
    /// `create secret generic`
    CreateSecretGeneric,
    /// `create secret tls`
    CreateSecretTls,
    /// `create secret docker-registry`
    CreateSecretRegistry,
    /// `create service clusterip`
    CreateServiceClusterIp,
    /// `create service externalname`
    CreateServiceExternalName,
    /// `create service loadbalancer`
    CreateServiceLoadBalancer,
    /// `create service nodeport`
    CreateServiceNodePort,
    /// `create serviceaccount`
    CreateServiceAccount,
    /// `create token`
    CreateToken,
    /// `run`
    Run,
    /// `expose`
    Expose,
    /// `scale`
    Scale,
    /// `autoscale`
    Autoscale,
    /// `set image`
    SetImage,
    /// `set env`
    SetEnv,
    /// `set resources`
    SetResources,
    /// `set selector`
    SetSelector,
    /// `set serviceaccount`
    SetServiceAccount,
    /// `set subject`
    SetSubject,
    /// `patch`
    Patch,
    /// `label`
    Label,
    /// `annotate`
    Annotate,
    /// `rollout status`
    RolloutStatus,
    /// `rollout history`
    RolloutHistory,
    /// `rollout undo`
    RolloutUndo,
    /// `rollout restart`
    RolloutRestart,
    /// `rollout pause`
    RolloutPause,
    /// `rollout resume`
    RolloutResume,
    /// `cordon`
    Cordon,
    /// `uncordon`
    Uncordon,
    /// `drain`
    Drain,
    /// `taint`
    Taint,
    /// `apply`
    Apply,
    /// `replace`
    Replace,
    /// `delete`
    Delete,
    /// `edit`
    Edit,
    /// `diff`
    Diff,
    /// `logs`
    Logs,
    /// `exec`
    Exec,
    /// `attach`
    Attach,
    /// `debug`
    Debug,
    /// `proxy`
    Proxy,
    /// `certificate approve`
    CertificateApprove,
    /// `certificate deny`
    CertificateDeny,
    /// `cp`
    Cp,
    /// `port-forward`
    PortForward,
    /// `top pod`
    TopPods,
    /// `top node`
    TopNodes,
    /// `auth can-i`
    AuthCanI,
    /// `auth whoami`
    AuthWhoami,
    /// `events`
    Events,
    /// `explain`
    Explain,
    /// `api-resources`
    ApiResources,
    /// `api-versions`
    ApiVersions,
    /// `kustomize`
    Kustomize,
    /// `version`
    Version,
    /// `cluster-info`
    ClusterInfo,
    /// `cluster-info dump`
    ClusterInfoDump,
    /// `wait`
    Wait,
    /// `config view`
    ConfigView,
    /// `config set-context`
    ConfigSetContext,
    /// `config get-contexts`
    ConfigGetContexts,
    /// `config current-context`
    ConfigCurrentContext,
    /// `config use-context`
    ConfigUseContext,
    /// `config get-clusters`
    ConfigGetClusters,
    /// `config get-users`
    ConfigGetUsers,
    /// `config set-cluster`
    ConfigSetCluster,
    /// `config set-credentials`
    ConfigSetCredentials,
    /// `config rename-context`
    ConfigRenameContext,
    /// `config delete-context`
    ConfigDeleteContext,
    /// `config delete-cluster`
    ConfigDeleteCluster,
    /// `config delete-user`
    ConfigDeleteUser,
    /// `config unset`
    ConfigUnset,
    /// `completion`
    Completion,
    /// `options`
    Options,
    /// `plugin list`
    PluginList,
    /// `create`
    CreateFile,
}

impl KubectlVerb {
    /// Whether it only looks at objects.
    pub fn reads(self) -> bool {
        matches!(self, Self::Get | Self::Describe)
    }

    /// Whether it knows `-o wide` and columns.
    pub fn prints_tables(self) -> bool {
        matches!(self, Self::Get | Self::ConfigView)
    }

    /// Those verbs take a type without names for all of it.
    pub fn is_rollout(self) -> bool {
        matches!(
            self,
            Self::RolloutHistory
                | Self::RolloutPause
                | Self::RolloutRestart
                | Self::RolloutResume
                | Self::RolloutStatus
                | Self::RolloutUndo
        )
    }
}
