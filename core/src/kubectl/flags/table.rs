//! kubectl's verbs with the flags of each, as `kubectl VERB --help` lists them.
//!
//! A flag's entry: its name, `/LETTER`, and what it takes: `=` a value, `#` a whole number, `?` a value that may be left out,
//! nothing for a switch. `-` before it: kubectl has it, and it isn't understood here. `@WORD` stands for a group.

use super::verb::KubectlVerb::{self, *};

/// What is typed, the verb, and its flags.
pub type VerbRow = (&'static str, KubectlVerb, &'static str);

/// Flags that many verbs have.
pub const GROUPS: [(&str, &str); 3] = [
    ("@print", "allow-missing-template-keys output/o= show-managed-fields template="),
    ("@save", "dry-run? field-manager= save-config validate?"),
    ("@files", "filename/f= kustomize/k= recursive/R"),
];

/// Flags that all verbs have (`kubectl options`), and --help.
pub const GLOBAL: &str = "-as= -as-group= -as-uid= -as-user-extra= -cache-dir= -certificate-authority= -client-certificate= \
     -client-key= -cluster= context= -disable-compression help/h -insecure-skip-tls-verify -kubeconfig= -kuberc= \
     -log-flush-frequency= -match-server-version namespace/n= -password= -profile= -profile-output= -proxy-url= \
     request-timeout= -server/s= -tls-server-name= -token= -user= -username= -v/v# -vmodule= -warnings-as-errors";

/// What a flag without its value means (pflag, NoOptDefVal).
pub const WITHOUT_VALUE: [(&str, &str); 3] =
    [("dry-run", "unchanged"), ("validate", "strict"), ("cascade", "background")];

/// Flags that kubectl still takes, with what it says of them.
pub const DEPRECATED: [(&str, &str); 2] = [
    ("record", "--record will be removed in the future"),
    (
        "cpu-percent",
        "Use --cpu with percentage or resource quantity format (e.g., '70%' for utilization or '500m' for milliCPU).",
    ),
];

/// Words that stand for others behind the first.
pub const ALIASES: [(&str, &str); 15] = [
    ("cj", "cronjob"),
    ("cm", "configmap"),
    ("deploy", "deployment"),
    ("ing", "ingress"),
    ("no", "node"),
    ("nodes", "node"),
    ("ns", "namespace"),
    ("pc", "priorityclass"),
    ("pdb", "poddisruptionbudget"),
    ("po", "pod"),
    ("pods", "pod"),
    ("resourcequota", "quota"),
    ("sa", "serviceaccount"),
    ("svc", "service"),
    ("use", "use-context"),
];

/// All verbs that are understood.
#[rustfmt::skip]
pub const VERBS: &[VerbRow] = &[
    (
        "get",
        Get,
        "all-namespaces/A chunk-size# field-selector= ignore-not-found label-columns/L= no-headers \
         -output-watch-events raw= selector/l= -server-print show-kind show-labels sort-by= subresource= \
         watch-only watch/w @print @files",
    ),
    ("describe", Describe, "all-namespaces/A chunk-size# selector/l= show-events @files"),
    ("create namespace", CreateNamespace, "@print @save"),
    ("create configmap", CreateConfigMap, "-append-hash from-env-file= from-file= from-literal= @print @save"),
    (
        "create clusterrole",
        CreateClusterRole,
        "aggregation-rule= non-resource-url= resource-name= resource= verb= @print @save",
    ),
    ("create clusterrolebinding", CreateClusterRoleBinding, "clusterrole= group= serviceaccount= user= @print @save"),
    ("create cronjob", CreateCronJob, "image= restart= schedule= @print @save"),
    ("create deployment", CreateDeployment, "image= port# replicas/r# @print @save"),
    ("create ingress", CreateIngress, "annotation= class= default-backend= rule= @print @save"),
    ("create job", CreateJob, "from= image= @print @save"),
    (
        "create poddisruptionbudget",
        CreatePodDisruptionBudget,
        "max-unavailable= min-available= selector= @print @save",
    ),
    (
        "create priorityclass",
        CreatePriorityClass,
        "description= global-default preemption-policy= value# @print @save",
    ),
    ("create quota", CreateQuota, "hard= scopes= @print @save"),
    ("create role", CreateRole, "resource-name= resource= verb= @print @save"),
    ("create rolebinding", CreateRoleBinding, "clusterrole= group= role= serviceaccount= user= @print @save"),
    (
        "create secret generic",
        CreateSecretGeneric,
        "-append-hash from-env-file= from-file= from-literal= type= @print @save",
    ),
    ("create secret tls", CreateSecretTls, "-append-hash cert= key= @print @save"),
    (
        "create secret docker-registry",
        CreateSecretRegistry,
        "-append-hash docker-email= docker-password= docker-server= docker-username= from-file= @print @save",
    ),
    ("create service clusterip", CreateServiceClusterIp, "clusterip= tcp= @print @save"),
    ("create service externalname", CreateServiceExternalName, "external-name= tcp= @print @save"),
    ("create service loadbalancer", CreateServiceLoadBalancer, "tcp= @print @save"),
    ("create service nodeport", CreateServiceNodePort, "node-port# tcp= @print @save"),
    ("create serviceaccount", CreateServiceAccount, "@print @save"),
    (
        "create token",
        CreateToken,
        "audience= -bound-object-kind= -bound-object-name= -bound-object-uid= duration= @print",
    ),
    (
        "run",
        Run,
        "annotations= attach cascade? command detach-keys= dry-run? env= expose field-manager= force \
         grace-period# image-pull-policy= image= kustomize/k= labels/l= leave-stdin-open override-type= \
         overrides= pod-running-timeout= port= privileged quiet/q record recursive/R restart= rm save-config \
         stdin/i timeout= tty/t wait @print",
    ),
    (
        "expose",
        Expose,
        "cluster-ip= dry-run? external-ip= field-manager= labels/l= load-balancer-ip= name= -override-type= \
         -overrides= port= protocol= record save-config selector= session-affinity= target-port= type= @print \
         @files",
    ),
    (
        "scale",
        Scale,
        "all current-replicas# dry-run? record replicas# -resource-version= selector/l= timeout= @print @files",
    ),
    (
        "autoscale",
        Autoscale,
        "cpu-percent# cpu= dry-run? field-manager= max# memory= min# name= record save-config @print @files",
    ),
    ("set image", SetImage, "all dry-run? field-manager= -local record selector/l= @print @files"),
    (
        "set env",
        SetEnv,
        "all containers/c= dry-run? env/e= field-manager= from= keys= list -local overwrite prefix= -resolve \
         selector/l= @print @files",
    ),
    (
        "set resources",
        SetResources,
        "all containers/c= dry-run? field-manager= limits= -local record requests= selector/l= @print @files",
    ),
    (
        "set selector",
        SetSelector,
        "all dry-run? field-manager= filename/f= -local record recursive/R -resource-version= @print",
    ),
    ("set serviceaccount", SetServiceAccount, "all dry-run? field-manager= -local @print @files"),
    (
        "set subject",
        SetSubject,
        "all dry-run? field-manager= group= -local selector/l= serviceaccount= user= @print @files",
    ),
    ("patch", Patch, "dry-run? field-manager= -local patch-file= patch/p= record subresource= type= @print @files"),
    (
        "label",
        Label,
        "all all-namespaces/A dry-run? field-manager= field-selector= list -local overwrite record \
         -resource-version= selector/l= @print @files",
    ),
    (
        "annotate",
        Annotate,
        "all all-namespaces/A dry-run? field-manager= field-selector= list -local overwrite record \
         -resource-version= selector/l= @print @files",
    ),
    ("rollout status", RolloutStatus, "revision# selector/l= timeout= watch/w @files"),
    ("rollout history", RolloutHistory, "revision# selector/l= @print @files"),
    ("rollout undo", RolloutUndo, "dry-run? selector/l= to-revision# @print @files"),
    ("rollout restart", RolloutRestart, "field-manager= selector/l= @print @files"),
    ("rollout pause", RolloutPause, "field-manager= selector/l= @print @files"),
    ("rollout resume", RolloutResume, "field-manager= selector/l= @print @files"),
    ("cordon", Cordon, "dry-run? selector/l="),
    ("uncordon", Uncordon, "dry-run? selector/l="),
    (
        "drain",
        Drain,
        "chunk-size# delete-emptydir-data disable-eviction dry-run? force grace-period# ignore-daemonsets \
         -pod-selector= selector/l= skip-wait-for-delete-timeout# timeout=",
    ),
    ("taint", Taint, "all dry-run? field-manager= overwrite selector/l= validate? @print"),
    (
        "apply",
        Apply,
        "all cascade? dry-run? field-manager= force force-conflicts grace-period# openapi-patch overwrite -prune \
         -prune-allowlist= record selector/l= server-side -subresource= timeout= validate? wait @print @files",
    ),
    ("replace", Replace, "cascade? force grace-period# -raw= -subresource= timeout= wait @print @save @files"),
    (
        "delete",
        Delete,
        "all all-namespaces/A cascade? dry-run? field-selector= force grace-period# ignore-not-found \
         -interactive/i now output/o= -raw= selector/l= timeout= wait @files",
    ),
    (
        "edit",
        Edit,
        "field-manager= output-patch record save-config -subresource= validate? windows-line-endings @print @files",
    ),
    (
        "diff",
        Diff,
        "concurrency= field-manager= force-conflicts -prune -prune-allowlist= selector/l= server-side \
         show-managed-fields show-secrets @files",
    ),
    (
        "logs",
        Logs,
        "all-containers all-pods container/c= follow/f ignore-errors insecure-skip-tls-verify-backend \
         limit-bytes# max-log-requests# pod-running-timeout= prefix previous/p selector/l= since-time= since= \
         tail# timestamps",
    ),
    ("exec", Exec, "container/c= filename/f= pod-running-timeout= quiet/q stdin/i tty/t"),
    ("attach", Attach, "container/c= pod-running-timeout= quiet/q stdin/i tty/t"),
    (
        "debug",
        Debug,
        "arguments-only attach container/c= copy-to= -custom= env= -filename/f= image-pull-policy= image= -keep-annotations \
         -keep-init-containers -keep-labels -keep-liveness -keep-readiness -keep-startup profile= quiet/q replace \
         same-node -set-image= share-processes stdin/i target= tty/t",
    ),
    (
        "proxy",
        Proxy,
        "accept-hosts= accept-paths= address= -api-prefix= -append-server-path disable-filter keepalive= port/p# \
         reject-methods= reject-paths= -unix-socket/u= -www-prefix/P= -www/w=",
    ),
    ("certificate approve", CertificateApprove, "force @print @files"),
    ("certificate deny", CertificateDeny, "force @print @files"),
    ("cp", Cp, "container/c= no-preserve retries#"),
    ("port-forward", PortForward, "address= pod-running-timeout="),
    (
        "top pod",
        TopPods,
        "all-namespaces/A containers field-selector= no-headers selector/l= show-swap sort-by= sum \
         use-protocol-buffers",
    ),
    ("top node", TopNodes, "no-headers selector/l= show-capacity show-swap sort-by= use-protocol-buffers"),
    ("auth can-i", AuthCanI, "all-namespaces/A list no-headers quiet/q subresource="),
    ("auth whoami", AuthWhoami, "@print"),
    ("events", Events, "all-namespaces/A chunk-size# for= no-headers types= watch/w @print"),
    ("explain", Explain, "api-version= max-depth# -output/o= recursive/R"),
    (
        "api-resources",
        ApiResources,
        "api-group= cached categories= namespaced no-headers output/o= show-managed-fields sort-by= verbs=",
    ),
    ("api-versions", ApiVersions, ""),
    (
        "kustomize",
        Kustomize,
        "-as-current-user -enable-alpha-plugins -enable-helm -env/e= -helm-api-versions= -helm-command= -helm-debug \
         -helm-kube-version= load-restrictor= -mount= -network -network-name= output/o= -reorder=",
    ),
    ("version", Version, "client output/o="),
    ("cluster-info", ClusterInfo, ""),
    (
        "cluster-info dump",
        ClusterInfoDump,
        "all-namespaces/A namespaces= -output-directory= pod-running-timeout= @print",
    ),
    (
        "wait",
        Wait,
        "all all-namespaces/A field-selector= filename/f= for= -local recursive/R selector/l= timeout= @print",
    ),
    ("config view", ConfigView, "flatten -merge minify raw @print"),
    ("config set-context", ConfigSetContext, "cluster= current namespace/n= user="),
    ("config get-contexts", ConfigGetContexts, "no-headers output/o="),
    ("config current-context", ConfigCurrentContext, ""),
    ("config use-context", ConfigUseContext, ""),
    ("config get-clusters", ConfigGetClusters, ""),
    ("config get-users", ConfigGetUsers, ""),
    (
        "config set-cluster",
        ConfigSetCluster,
        "-certificate-authority= -embed-certs -insecure-skip-tls-verify proxy-url= server/s= -tls-server-name=",
    ),
    (
        "config set-credentials",
        ConfigSetCredentials,
        "-auth-provider= -client-certificate= -client-key= -embed-certs -exec-command= password= token= username=",
    ),
    ("config rename-context", ConfigRenameContext, ""),
    ("config delete-context", ConfigDeleteContext, ""),
    ("config delete-cluster", ConfigDeleteCluster, ""),
    ("config delete-user", ConfigDeleteUser, ""),
    ("config unset", ConfigUnset, ""),
    ("completion", Completion, ""),
    ("options", Options, ""),
    ("plugin list", PluginList, "name-only"),
    ("create", CreateFile, "-edit -raw= record selector/l= windows-line-endings @print @save @files"),
];
