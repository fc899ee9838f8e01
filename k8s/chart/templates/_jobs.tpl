{{/*
A Job that has to be through before a version can work. At the install it is a Job like any other, named by what it does, while the services
wait for it; at an upgrade it runs before anything is changed, so that one that fails leaves the old version running.
(dict "root" $ "component" "migrations" "server" "postgres" "values" .Values.migrations "containers" "…YAML…")
*/}}
{{- define "outerpark.job" -}}
{{- $root := .root }}
{{- $before := include "outerpark.before" (list $root .server) }}
{{- $spec := include "outerpark.jobSpec" . }}
{{- $hash := printf "%s%s" $spec (ternary (print $root.Release.Revision) "" $root.Release.IsUpgrade) | sha256sum | trunc 8 }}
{{- $name := printf "%s-%s" .component (ternary "upgrade" $hash (eq $before "yes")) -}}
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ include "outerpark.name" (list $root $name) }}
  labels:
    {{- include "outerpark.labels" (list $root .component) | nindent 4 }}
  {{- if $before }}
  annotations:
    helm.sh/hook: pre-upgrade
    helm.sh/hook-weight: '0'
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
    helm.sh/hook-output-log-policy: hook-failed
  {{- end }}
spec:
  {{- if $before }}
  backoffLimit: 1
  activeDeadlineSeconds: {{ .values.deadlineSeconds }}
  {{- else }}
  backoffLimit: 10
  {{- end }}
  ttlSecondsAfterFinished: 86400
  {{- $spec | nindent 2 }}
{{- end }}

{{/*
(list $ "postgres"): whether this is an upgrade whose server is there already. A bundled one that has never come up, or comes with this very upgrade,
could be waited for in vain: then it is as at an install.
*/}}
{{- define "outerpark.before" -}}
{{- $root := index . 0 }}
{{- $server := index . 1 }}
{{- if $root.Release.IsUpgrade }}
{{- if (get $root.Values.trials $server).enabled }}
{{- $found := lookup "apps/v1" "StatefulSet" $root.Release.Namespace (include "outerpark.name" .) | default dict }}
{{- if dig "status" "readyReplicas" 0 $found }}yes{{ end }}
{{- else }}yes{{ end }}
{{- end }}
{{- end }}

{{- define "outerpark.jobSpec" -}}
template:
  metadata:
    labels:
      {{- include "outerpark.podLabels" (list .root .component) | nindent 6 }}
  spec:
    {{- include "outerpark.podBase" (list .root .component 1000) | nindent 4 }}
    serviceAccountName: {{ include "outerpark.name" (list .root "jobs") }}
    restartPolicy: Never
    containers:
      {{- .containers | nindent 6 }}
    volumes:
      - { name: tmp, emptyDir: {} }
      {{- include "outerpark.certificateVolumes" (list .root .component) | nindent 6 }}
{{- end }}

{{/* What a container of a job has. (dict "root" $ "component" "migrations" "resources" {…}) */}}
{{- define "outerpark.jobContainer" -}}
image: {{ include "outerpark.image" (list .root (.image | default "services")) }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
{{ include "outerpark.containerSecurity" . }}
resources: {{ toJson .resources }}
volumeMounts:
  - { name: tmp, mountPath: /tmp }
  {{- include "outerpark.certificateMounts" (list .root .component) | nindent 2 }}
{{- end }}

{{/* (list $ "postgres" own): the chart's own Secret of that name, of which a job before an upgrade needs the new version before it is there. */}}
{{- define "outerpark.jobSecret" -}}
{{- $root := index . 0 }}
{{- ternary (include "outerpark.name" (list $root "upgrade")) (index . 2) (eq (include "outerpark.before" .) "yes") }}
{{- end }}
